#include "core/rows/document_path.h"

#include <gtest/gtest.h>

#include "core/rows/document.h"

namespace virtsql {
namespace {

// Returns the path of a column in the root's row, or in the first row of a table directly below it.
std::string path_of(const std::string& xml, std::string_view table, std::string_view column) {
  const Document document(xml, Catalog::standard().root("domain"));
  const Row& root = document.rows();
  const Layout layout(root.layout);
  DocumentPath path(*root.element, layout);
  const Row* row = &root;
  if (table != root.element->table->name) {
    for (std::size_t slot = 0; slot < root.element->row_elements.size(); ++slot)
      if (root.children[slot].first && root.children[slot].first->element->table->name == table)
        row = root.children[slot].first;
    if (row == &root) return "no row";
    path.enter_containers(*row->element, root);
    path.enter(*row->element, *row, "");
  }
  return path.of(*row->element->table->find(column), *row);
}

TEST(DocumentPath, GoesThroughTheElementsAroundRows) {
  EXPECT_EQ(path_of("<domain><name>a</name></domain>", "virtual_machines", "name"), "/domain/name/text()");
  EXPECT_EQ(path_of("<domain><devices><disk><driver cache='none'/></disk></devices></domain>", "disk_attachments",
                    "driver_cache"),
            "/domain/devices/disk/driver/@cache");
}

TEST(DocumentPath, HasThePrefixesOfTheDocument) {
  constexpr std::string_view kUri = "http://libvirt.org/schemas/domain/qemu/1.0";
  const auto document = [&](const std::string& prefix) {
    return "<domain xmlns:" + prefix + "='" + std::string(kUri) + "'><" + prefix + ":commandline><" + prefix +
           ":arg value='-x'/></" + prefix + ":commandline></domain>";
  };
  EXPECT_EQ(path_of(document("qemu"), "qemu_arguments", "value"), "/domain/qemu:commandline/qemu:arg/@value");
  EXPECT_EQ(path_of(document("q"), "qemu_arguments", "value"), "/domain/q:commandline/q:arg/@value");
}

TEST(DocumentPath, OfAnElementWithAValueEndsBeforeIt) {
  const Document document("<domain><os><boot dev='hd'/></os><name>a</name></domain>",
                          Catalog::standard().root("domain"));
  const Row& row = document.rows();
  const Layout layout(row.layout);
  const DocumentPath path(*row.element, layout);
  EXPECT_EQ(path.of_element_with(*row.element->table->find("name"), row), "/domain/name");
  EXPECT_EQ(path.of_written(*row.element, "<whatever/>"), "/domain");
}

}  // namespace
}  // namespace virtsql
