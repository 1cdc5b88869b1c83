// The words of captures.operation that the code knows, and what they mean. Any other operation is recorded too.
//
// The words are arrays, because some are template arguments. Linked into the hook, so it uses nothing but the C++
// standard library.
#pragma once

#include <string_view>

namespace virtsql::operations {

// A definition is new or another, or is gone. Hooks do not tell of either.
inline constexpr char kDefine[] = "define";
inline constexpr char kUndefine[] = "undefine";

// A VM's life, in the words of libvirt's hooks. Before a VM runs, the hook is asked (prepare, start; at a migration
// also migrate, from a saved state also restore). If libvirt then fails to start the VM, release follows.
inline constexpr char kPrepare[] = "prepare";
inline constexpr char kStart[] = "start";
inline constexpr char kStarted[] = "started";
inline constexpr char kMigrate[] = "migrate";
inline constexpr char kRestore[] = "restore";
inline constexpr char kReconnect[] = "reconnect";  // libvirtd has started again, and the VM runs
inline constexpr char kAttach[] = "attach";        // libvirt took over a process that ran
inline constexpr char kStopped[] = "stopped";
inline constexpr char kRelease[] = "release";

// And in those of libvirt's events, which have started and stopped too.
inline constexpr char kSuspended[] = "suspended";
inline constexpr char kResumed[] = "resumed";
inline constexpr char kShutdown[] = "shutdown";
inline constexpr char kPmSuspended[] = "pmsuspended";
inline constexpr char kCrashed[] = "crashed";

// A change of a running VM, by an event or as virtsqld saw it.
inline constexpr char kAttachDevice[] = "attach-device";
inline constexpr char kDetachDevice[] = "detach-device";
inline constexpr char kMetadata[] = "metadata";
inline constexpr char kChangeMedia[] = "change-media";
inline constexpr char kBlockJob[] = "block-job";
inline constexpr char kTunable[] = "tunable";
inline constexpr char kBalloon[] = "balloon";
inline constexpr char kMemoryDevice[] = "memory-device";
inline constexpr char kUpdate[] = "update";

// The network hook's, of a port that was deleted; its document still describes the port (libvirt's hooks.rst).
inline constexpr char kPortDeleted[] = "port-deleted";

// No event: libvirt, on that host and for that driver, still has every VM that it was last said to have. The store
// makes no capture of it.
inline constexpr char kSeen[] = "seen";

// Whether libvirt has no running VM or network any more after the operation: a live document captured with it is of the
// past.
inline bool has_ended(std::string_view operation) { return operation == kStopped || operation == kRelease; }

// Whether no guest runs in the domain any more after the event. libvirt may still have the domain's process: until it
// says `stopped`, or for as long as the definition says (<on_crash>preserve</on_crash>).
inline bool guest_has_ended(std::string_view operation) {
  return operation == kStopped || operation == kShutdown || operation == kCrashed;
}

// Whether libvirt may have no document of the running domain any more after the event.
inline bool may_end_document(std::string_view operation) {
  return operation == kUndefine || guest_has_ended(operation);
}

// Whether the hook is asked about a VM that is not there yet but has run: what libvirt then starts goes on with it.
inline bool continues_vm(std::string_view operation) { return operation == kMigrate || operation == kRestore; }

// Whether the host did the operation to a domain. Such events are recorded even if a look at the domain's file saw what
// they changed already. What a guest does (it opens its tray, it balloons) is recorded only if it changed something,
// because a guest can do it without end.
inline bool is_of_host(std::string_view operation) { return operation == kAttachDevice || operation == kDetachDevice; }

}  // namespace virtsql::operations
