// A document that libvirt gives of something that is no domain, and who takes it.
#pragma once

#include <functional>
#include <string>

namespace virtsql {

// One document of a thing that libvirt has.
struct ObjectDocument {
  std::string name;    // by which libvirt finds the thing again
  std::string config;  // persistent or live
  std::string xml;
  bool active = true;  // of what can be started and stopped
};
using ObjectSink = std::function<void(ObjectDocument)>;

}  // namespace virtsql
