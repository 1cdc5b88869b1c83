// A small RELAX NG grammar of domains, for tests of what reads grammars.
#pragma once

#include <fstream>
#include <string>

namespace virtsql::test {

// Writes the grammar to the file `path`. A domain needs a type, a name, memory and an os, may have a vcpu, and has any
// number of what the pattern `device` says in <devices>. As in libvirt's grammar, everything is in an <interleave>.
inline void write_domain_grammar(const std::string& path, const std::string& device) {
  std::ofstream(path) << R"(
<grammar xmlns="http://relaxng.org/ns/structure/1.0" datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start>
    <element name="domain">
      <attribute name="type"/>
      <interleave>
        <element name="name"><text/></element>
        <element name="memory"><data type="unsignedInt"/></element>
        <element name="os"><element name="type"><text/></element></element>
        <optional><element name="vcpu"><data type="unsignedInt"/></element></optional>
        <optional>
          <element name="devices">
            <zeroOrMore>)"
                      << device << R"(</zeroOrMore>
          </element>
        </optional>
      </interleave>
    </element>
  </start>
</grammar>
)";
}

}  // namespace virtsql::test
