#ifndef VIRTSQL_CORE_SPOOL_EXPAT_H_
#define VIRTSQL_CORE_SPOOL_EXPAT_H_

// expat, old and new. From 2.9 on (Debian 13) it has positions of 64 bits under other names, and deprecates the
// functions below, whose width is that of long; before, there are only these. The code says the old names and means
// whatever is there.
#include <expat.h>

#if XML_MAJOR_VERSION > 2 || (XML_MAJOR_VERSION == 2 && XML_MINOR_VERSION >= 9)
#define XML_GetCurrentByteIndex XML_GetCurrentByteIndex64
#define XML_GetCurrentByteCount XML_GetCurrentByteCount64
#endif

#endif  // VIRTSQL_CORE_SPOOL_EXPAT_H_
