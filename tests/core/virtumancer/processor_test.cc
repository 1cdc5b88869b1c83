// NUMA cells, CPU and features of a VM.
#include "tests/core/virtumancer/fixture.h"

namespace virtsql::virtumancer {
namespace {

using ProcessorTest = test::SourceFixture;

TEST_F(ProcessorTest, HasNumaCellsThatAreTheVmsMemory) {
  const auto cell = [&](const char* id, const char* kib, const char* cpus) {
    add_own("numa_nodes", {{"node_id", id}, {"memory_kb", kib}, {"cpus_json", cpus}});
  };
  cell("0", "524288", "0");
  cell("1", "524288", "[1]");
  EXPECT_EQ(made("cpu/numa"),
            "<numa>\n  <cell id='0' memory='524288' unit='KiB' cpus='0'/>\n  <cell id='1' memory='524288' unit='KiB' "
            "cpus='1'/>\n</numa>\n");
  for (const auto& [column, value] :
       {std::pair("node_id", "0"), std::pair("node_id", "2"), std::pair("memory_kb", "524289"),
        std::pair("cpus_json", ""), std::pair("cpus_json", "none")}) {
    const auto before = tables_;
    tables_["numa_nodes"].back()[column] = value;
    EXPECT_EQ(made("cpu"), "") << column << value;
    const std::string lost = "cpu/numa/cell: the cells are not complete, or their memory is not the VM's\n";
    EXPECT_EQ(told("left out"), lost + lost);
    tables_ = before;
  }
}

TEST_F(ProcessorTest, HasAsManyCpusAsItsNumaCells) {
  add_own("numa_nodes", {{"node_id", "0"}, {"memory_kb", "524288"}, {"cpus_json", "0-3"}});
  add_own("numa_nodes", {{"node_id", "1"}, {"memory_kb", "524288"}, {"cpus_json", "4-7"}});
  set("v_cpu_count", "0");
  set("cpu_topology_json", R"({"sockets":2,"cores":4,"threads":1})");
  EXPECT_EQ(made("vcpu"), "<vcpu>8</vcpu>\n");
  EXPECT_EQ(part("cpu/topology"), "<topology sockets='2' cores='4' threads='1'/>\n");
  EXPECT_EQ(told("inferred"), "vcpu: 8, as many as the NUMA cells have\n");
  EXPECT_EQ(told("defaulted") + told("left out"), "");
  set("cpu_topology_json", "");
  set("v_cpu_count", "7");
  EXPECT_EQ(made("vcpu,cpu"), "<vcpu>7</vcpu>\n");
  const std::string lost = "cpu/numa/cell: the cells have more CPUs than the VM\n";
  EXPECT_EQ(told("left out"), lost + lost);
  set("v_cpu_count", "8");
  tables_["numa_nodes"].back()["cpus_json"] = "3-6";
  EXPECT_EQ(made("vcpu,cpu"), "<vcpu>8</vcpu>\n");
  const std::string twice = "cpu/numa/cell: a CPU is in two of the cells\n";
  EXPECT_EQ(told("left out"), twice + twice);
}

TEST_F(ProcessorTest, HasATopologyThatGivesTheVirtualCpus) {
  const char* whole = "<cpu>\n  <topology sockets='1' cores='2' threads='1'/>\n</cpu>\n";
  const auto made_of = [&](const test::Row& topology) {
    tables_["cpu_topologies"].clear();
    add_own("cpu_topologies", topology);
    return made("cpu");
  };
  EXPECT_EQ(made_of({{"sockets", "1"}, {"cores", "2"}, {"threads", "1"}}), whole);
  EXPECT_EQ(made_of({{"sockets", "2"}, {"cores", "2"}, {"threads", "1"}}), "");
  EXPECT_EQ(told("left out"), "cpu/topology: sockets, cores and threads do not give the number of virtual CPUs\n");
  for (const Note& note : notes_)
    if (note.kind == "left out") {
      EXPECT_EQ(note.table, "cpu_topologies");
      EXPECT_NE(note.kept.find(R"("sockets":"2")"), std::string::npos) << note.kept;
    }
  EXPECT_EQ(made_of({{"sockets", "2"}, {"cores", "1"}}), "");
  tables_.erase("cpu_topologies");
  set("cpu_model", "Skylake");
  EXPECT_EQ(made("cpu"), "<cpu mode='custom' match='exact'>\n  <model fallback='allow'>Skylake</model>\n</cpu>\n");
}

TEST_F(ProcessorTest, HasTheFeaturesThatAreOn) {
  for (const auto& [name, state] :
       {std::pair("acpi", "on"), std::pair("apic", "off"), std::pair("pmu", "off"), std::pair("hidden", ""),
        std::pair("levitation", "on"), std::pair("pae", "perhaps")})
    add_own("hypervisor_features", {{"name", name}, {"state", state}});
  EXPECT_EQ(made("features"),
            "<features>\n  <acpi/>\n  <pmu state='off'/>\n  <kvm>\n    <hidden state='on'/>\n  </kvm>\n</features>\n");
  EXPECT_EQ(told("left out"),
            "features: no feature that is known, or no state\nfeatures: no feature that is known, or no state\n");
}

}  // namespace
}  // namespace virtsql::virtumancer
