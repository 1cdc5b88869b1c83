// How long virtsqld waits for a locked database.
#pragma once

namespace virtsql {

// In a step of the event loop. libvirt's connection is not served meanwhile, and libvirt drops a peer that is silent
// for half a minute.
constexpr int kLoopPatienceMilliseconds = 2000;

}  // namespace virtsql
