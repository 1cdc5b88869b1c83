// A document that libvirt gives of a thing that is no domain, and the function that takes it.
#pragma once

#include <functional>
#include <string>

namespace virtsql {

// One document of a thing that libvirt has.
struct ObjectDocument {
  std::string name;    // by which libvirt finds the thing again
  std::string config;  // persistent or live
  std::string xml;
  bool active = true;  // whether it runs; always true of what cannot be started and stopped
};
using ObjectSink = std::function<void(ObjectDocument)>;

}  // namespace virtsql
