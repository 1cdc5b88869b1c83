#include "core/virtumancer/ignored.h"

#include "core/virtumancer/check.h"

namespace virtsql::virtumancer {

bool is_administration(std::string_view table) {
  return table.starts_with("sqlite_") ||
         one_of(table,
                // measured
                "block_statistics|network_statistics|cpu_performances|memory_performances|node_performances|"
                "device_performances|host_capabilities|discovered_vms|"
                // the program's own
                "users|roles|permissions|role_permissions|tasks|audit_logs|settings|resource_classes|"
                // derived
                "attachment_indices");
}

bool is_housekeeping(std::string_view column) {
  return one_of(column,
                "id|created_at|updated_at|deleted_at|vm_uuid|vm_id|host_id|"
                // observed
                "state|libvirt_state|task_state|sync_status|drift_details|needs_rebuild|source|allocation_bytes|"
                "physical_bytes|auto_reconnect_disabled");
}

}  // namespace virtsql::virtumancer
