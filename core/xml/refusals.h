// What libvirt refuses of a domain though its grammar takes it: the rules of core/catalog/refused.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace virtsql {

class Refusals {
 public:
  // Reads the rules that are built into the program: keep it.
  Refusals();
  ~Refusals();

  // What libvirt would say of the first thing that a rule refuses, with its line and element; nothing if none does.
  // With `element`, only of elements of this name. A rule that would take too long for the document is passed over.
  // Throws xml::Error if the text is no XML.
  std::optional<std::string> first(std::string_view xml, std::string_view element = {});

  // The rules' examples: a whole domain, of type qemu, and what libvirt says of it.
  struct Example {
    std::string xml;
    std::string message;
    bool at_start = false;  // libvirt defines it, and does not start it
  };
  std::vector<Example> examples();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace virtsql
