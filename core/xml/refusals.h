// What libvirt refuses in a domain although its grammar accepts it: the rules of core/catalog/refused.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace virtsql {

class Refusals {
 public:
  // Reads the rules that are built into the program. Keep the object, so that this is done once.
  Refusals();
  ~Refusals();

  // Returns what is to be said, mostly in libvirt's words, about the first thing that a rule refuses, with its line and
  // element; nullopt if no rule refuses anything. With `element`, only elements of this name are looked at. A rule that
  // takes too long in this document is skipped. Throws xml::Error if the text is no XML.
  std::optional<std::string> first(std::string_view xml, std::string_view element = {});

  // An example of a rule: a whole domain of type qemu.
  struct Example {
    std::string xml;
    std::string message;    // a part of what libvirt says when it refuses it
    std::string said;       // what first() says
    bool at_start = false;  // libvirt defines the domain, but refuses to start it
  };
  std::vector<Example> examples();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace virtsql
