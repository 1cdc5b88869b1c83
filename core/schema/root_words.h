// The words of two columns that each root's table has (housekeeping_columns() in ddl.h): `source` and `sync_status`.
#pragma once

namespace virtsql {

// Whose the rows are.
namespace rows_source {
inline constexpr char kImported[] = "imported";  // they follow libvirt
inline constexpr char kManaged[] = "managed";    // they are somebody's intent: captures do not change them
}  // namespace rows_source

// Whether libvirt's newest definition says what the rows say.
namespace sync_status {
inline constexpr char kUnknown[] = "UNKNOWN";
inline constexpr char kSynced[] = "SYNCED";
inline constexpr char kDrifted[] = "DRIFTED";
}  // namespace sync_status

}  // namespace virtsql
