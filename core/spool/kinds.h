// What a capture can be about, in the words of captures.kind, and the root elements of the documents about it.
//
// The words are virtsql's own. They must never change, because databases and spools contain them. A new kind of thing
// needs a word and a line here; core/libvirt/objects.cc says how libvirt is asked for it.
#pragma once

#include <string_view>

namespace virtsql {

// Arrays of char, because some are template arguments.
namespace kinds {
inline constexpr char kDomain[] = "domain";
inline constexpr char kSnapshot[] = "domainsnapshot";
inline constexpr char kCheckpoint[] = "domaincheckpoint";
inline constexpr char kBackup[] = "domainbackup";
inline constexpr char kNetwork[] = "network";
inline constexpr char kNetworkPort[] = "networkport";
inline constexpr char kPool[] = "pool";
inline constexpr char kVolume[] = "volume";
inline constexpr char kNodeDevice[] = "nodedev";
inline constexpr char kFilter[] = "nwfilter";
inline constexpr char kFilterBinding[] = "nwfilterbinding";
inline constexpr char kInterface[] = "interface";
inline constexpr char kSecret[] = "secret";
inline constexpr char kCapabilities[] = "capabilities";
inline constexpr char kDomainCapabilities[] = "domaincaps";
inline constexpr char kOther[] = "other";  // none of these
}  // namespace kinds

struct KindRoot {
  std::string_view kind;
  std::string_view root;
};

// Each kind but `other`, with the root elements of its documents, the usual one first.
inline constexpr KindRoot kKindRoots[] = {
    {kinds::kDomain, "domain"},
    {kinds::kDomain, "domstatus"},
    {kinds::kSnapshot, "domainsnapshot"},
    {kinds::kCheckpoint, "domaincheckpoint"},
    {kinds::kBackup, "domainbackup"},
    {kinds::kNetwork, "network"},
    {kinds::kNetworkPort, "networkport"},
    {kinds::kPool, "pool"},
    {kinds::kVolume, "volume"},
    {kinds::kNodeDevice, "device"},
    {kinds::kFilter, "filter"},
    {kinds::kFilterBinding, "filterbinding"},
    {kinds::kInterface, "interface"},
    {kinds::kSecret, "secret"},
    {kinds::kCapabilities, "capabilities"},
    {kinds::kDomainCapabilities, "domainCapabilities"},
};

// Returns the kind of the documents with this root element; `other` if no kind has it.
constexpr std::string_view kind_of_root(std::string_view root) {
  for (const KindRoot& each : kKindRoots)
    if (each.root == root) return each.kind;
  return kinds::kOther;
}

// Returns the usual root element of the kind's documents; empty if the list does not have the kind.
constexpr std::string_view root_of_kind(std::string_view kind) {
  for (const KindRoot& each : kKindRoots)
    if (each.kind == kind) return each.root;
  return {};
}

}  // namespace virtsql
