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

  // A place that a rule refuses.
  struct Refusal {
    long line = 0;
    std::string element;  // its name
    std::string message;  // mostly in libvirt's words
  };
  // Returns the first thing that a rule refuses; nullopt if no rule refuses anything. With `element`, only elements of
  // this name are looked at. A rule that takes too long in this document is skipped. Throws xml::Error if the text is
  // no XML.
  std::optional<Refusal> first(std::string_view xml, std::string_view element = {});

  // An example of a rule: a whole domain of type qemu.
  struct Example {
    std::string xml;
    std::string message;    // a part of what libvirt says when it refuses it
    std::string said;       // the message of first()
    bool at_start = false;  // libvirt defines the domain, but refuses to start it
  };
  // Returns the examples that core/catalog/refused has of its rules, for the tests. Throws std::logic_error if a rule
  // does not refuse its own example.
  std::vector<Example> examples();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Returns the refusal with its place, for somebody who has the whole document: `line 3: <graphics>: MESSAGE`.
std::string to_text(const Refusals::Refusal& refusal);

}  // namespace virtsql
