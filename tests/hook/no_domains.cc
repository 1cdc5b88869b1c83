// Preloaded into a program (LD_PRELOAD): its libvirt cannot list domains. Everything else works.

// As libvirt declares it, but for the types behind the pointers.
extern "C" __attribute__((visibility("default"))) int virConnectListAllDomains(void*, void***, unsigned int);

int virConnectListAllDomains(void*, void***, unsigned int) { return -1; }
