#include "core/rows/content_order.h"

#include <gtest/gtest.h>

#include "core/catalog/builder.h"
#include "core/rows/document.h"

namespace virtsql {
namespace {

const Catalog& catalog() {
  static const BuiltCatalog catalog(std::vector<CatalogFile>{{"t.catalog",
                                                              "vm  row machines  A machine.\n"
                                                              "  @type  text  Its type.\n"
                                                              "  @id  number_of_it  text  Its number.\n"
                                                              "  @size  text  Its size.\n"
                                                              "  name  text  Its name.\n"
                                                              "  driver\n"
                                                              "    @io  text  How.\n"
                                                              "  fan  set fans  A fan.\n"
                                                              "    @speed  text  Speed.\n"
                                                              "  title  text  Its title.\n"}});
  return catalog;
}

class ContentOrderTest : public testing::Test {
 protected:
  // Reads the document, whose order is then forgotten.
  void read(const std::string& xml) {
    document_.emplace();
    document_->parse(xml);
    document_->shred(document_->tree(), root_);
  }
  std::string attributes(const Layout::Order& order = {}) {
    std::string out;
    for (const ContentItem& item : attribute_order(document_->rows(), root_, order, document_->arena()))
      out += (out.empty() ? "" : " ") +
             std::string(item.vendor ? "!" + std::string(item.vendor->name) : std::string(item.attribute->name));
    return out;
  }
  std::string children(const Layout::Order& order = {}) {
    const auto is_written = [&](const Element& container) {
      return container.text ? document_->rows().has(*container.text)
                            : document_->rows().has(*container.attributes[0].column);
    };
    std::string out;
    for (const ContentItem& item : child_order(document_->rows(), root_, order, is_written)) {
      out += out.empty() ? "" : " ";
      if (item.vendor)
        out += "!" + std::string(item.vendor->name);
      else if (item.row)
        out += "fan" + std::string(item.row->values[0]);
      else
        out += item.container->name;
    }
    return out;
  }

  const Element& root_ = catalog().root("vm");
  std::optional<Document> document_;
};

TEST_F(ContentOrderTest, WithoutALayoutItIsTheCatalogs) {
  read("<vm size='3' type='1'><title>t</title><fan speed='1'/><name>n</name><fan speed='2'/></vm>");
  EXPECT_EQ(attributes(), "type size");
  EXPECT_EQ(children(), "name fan1 fan2 title");
}

TEST_F(ContentOrderTest, ALayoutsOrderGoesFirst) {
  read("<vm type='1' id='2' size='3'><name>n</name><driver io='x'/><fan speed='1'/><fan speed='2'/></vm>");
  EXPECT_EQ(attributes({"@size", "@type", "@id"}), "size type id");
  EXPECT_EQ(children({"fan", "driver", "fan", "name"}), "fan1 driver fan2 name");
}

TEST_F(ContentOrderTest, WhatTheRowNoLongerHasIsPassedOver) {
  read("<vm type='1'><fan speed='1'/></vm>");
  EXPECT_EQ(attributes({"@size", "@nothing", "@type"}), "type");
  EXPECT_EQ(children({"title", "fan", "fan", "nothing"}), "fan1");
}

TEST_F(ContentOrderTest, WhatTheLayoutDoesNotNameFollowsItsKindOrWhatComesBefore) {
  read(
      "<vm type='1' id='2' size='3'><name>n</name><driver io='x'/><fan speed='1'/><fan "
      "speed='2'/><title>t</title></vm>");
  EXPECT_EQ(attributes({"@size", "@type"}), "size type id");
  EXPECT_EQ(attributes({"@size"}), "type id size");
  EXPECT_EQ(children({"title", "fan", "name"}), "title fan1 fan2 name driver");
  EXPECT_EQ(children({"title"}), "name driver fan1 fan2 title");
}

TEST_F(ContentOrderTest, WhatTheCatalogDoesNotKnowKeepsItsPosition) {
  read("<vm new='0' type='1' other='2'><new/><name>n</name><fan speed='1'/><other/><title>t</title></vm>");
  EXPECT_EQ(attributes(), "!new type !other");
  EXPECT_EQ(children(), "!new name fan1 !other title");
  // Positions count what is written, so they hold in another order as well.
  EXPECT_EQ(children({"title", "fan", "name"}), "!new title fan1 !other name");
}

TEST_F(ContentOrderTest, AnUnknownThingBehindTheLastComesLast) {
  read("<vm type='1' id='2' new='3'><name>n</name><title>t</title><new/></vm>");
  const Table& machines = *root_.table;
  document_->rows().set(*machines.find("number_of_it"), {});
  document_->rows().set(*machines.find("title"), {});
  EXPECT_EQ(attributes(), "type !new");
  EXPECT_EQ(children(), "name !new");
}

}  // namespace
}  // namespace virtsql
