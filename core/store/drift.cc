#include "core/store/drift.h"

#include <algorithm>
#include <utility>

#include "core/rows/row_error.h"
#include "core/spool/capture.h"
#include "core/spool/operations.h"
#include "core/store/host_inheritance.h"

namespace virtsql {
namespace {

class Comparison {
 public:
  Comparison(Database& database, Document& rows, Captures& captures, const Catalog& catalog, std::int64_t vm_id)
      : database_(database), captures_(captures), root_(catalog.root("domain")), vm_id_(vm_id), rows_(rows) {
    if (!rows_.has_rows()) return;
    is_undefined_ = captures.is_undefined(vm_id);
    if (is_undefined_) return;
    uuid_ = rows_.rows().get(*root_.table->find("uuid"));
    persistent_ = captures.definition(uuid_);
    live_ = captures.newest(uuid_, "live");
    if (live_) newest_live_seq_ = live_->seq;
    if (live_ && (operations::has_ended(live_->operation) || captures.is_off(uuid_, live_->host_id))) live_.reset();
  }

  std::vector<Drift> run() {
    if (!rows_.has_rows()) return {};
    if (is_undefined_) return {{"persistent", undefined_difference()}};
    if (persistent_) against_persistent();
    if (live_) against_live();
    return std::move(out_);
  }

 private:
  // Whether nobody edited the rows, and they follow the start by which a changed definition became known, or an import
  // of the running VM that came after the newest definition.
  bool rows_are_newer() {
    if (rows_.digest() == persistent_->digest) return false;
    const std::int64_t followed = captures_.seq_of_rows(vm_id_, rows_.digest()).value_or(0);
    return followed > persistent_->seq || (followed == persistent_->seq && persistent_->is_start);
  }

  void against_persistent() {
    // A VM that runs, or ran, after it was undefined is transient: that it has no definition is no drift.
    if (persistent_->operation == operations::kUndefine && newest_live_seq_ > persistent_->seq) return;
    if (persistent_->is_gone()) {
      out_.push_back({"persistent", undefined_difference()});
    } else if (!rows_are_newer()) {
      compare(rows_, *persistent_, "persistent", DiffMode::kDefined, made_before_);
    }
  }

  void against_live() {
    if (live_->is_gone()) {
      out_.push_back({"live", undefined_difference()});
      return;
    }
    const bool is_defined = persistent_ && !persistent_->is_gone();
    std::vector<Difference> made;
    if (is_defined && rows_.digest() == live_->digest && persistent_->digest != live_->digest) {
      // The rows are those of the running VM, so only libvirt's definition can show how it differs.
      Document definition;
      captures_.read(*persistent_, uuid_, root_, definition);
      compare(definition, *live_, "live", DiffMode::kRunning, made);
    } else {
      compare(rows_, *live_, "live", DiffMode::kRunning, made);
    }
    // `made` has what libvirt may have added by itself. If the captured definition has it too, libvirt added it when it
    // defined the VM, and it is no drift. If only the running VM has it, it came while the VM ran, and is drift.
    if (!is_defined) return;
    for (Difference& difference : made)
      if (!was_made_before(difference)) out_.push_back({"live", std::move(difference)});
  }

  bool was_made_before(const Difference& difference) const {
    return std::any_of(made_before_.begin(), made_before_.end(), [&](const Difference& other) {
      return other.path == difference.path && other.device == difference.device && other.key == difference.key;
    });
  }

  void compare(Document& wanted, const Captures::Newest& newest, const char* against, DiffMode mode,
               std::vector<Difference>& made) {
    // The rows of most VMs give the captured bytes exactly. Then nothing differs, and the capture need not be parsed.
    if (wanted.digest() == newest.digest) return;
    Document found;
    captures_.read(newest, uuid_, root_, found);
    const HostInheritance inheritance(database_, newest.host_id);
    for (Difference& difference : diff(wanted.definition(), found.definition(), mode, &made, &inheritance))
      out_.push_back({against, std::move(difference)});
  }

  Database& database_;
  Captures& captures_;
  const Element& root_;
  std::int64_t vm_id_;
  Document& rows_;
  bool is_undefined_ = false;  // libvirt has the VM no more
  std::string uuid_;
  std::optional<Captures::Newest> persistent_;
  std::optional<Captures::Newest> live_;  // nothing if the VM stopped
  std::int64_t newest_live_seq_ = 0;      // seq of the newest live capture; 0: none
  std::vector<Difference> made_before_;   // what libvirt added by itself to the newest definition
  std::vector<Drift> out_;
};

}  // namespace

Difference difference_of(const std::runtime_error& error) {
  const auto* of_row = dynamic_cast<const RowError*>(&error);
  Difference difference;
  difference.path = of_row ? of_row->path : undefined_difference().path;
  difference.has_new = true;
  difference.new_value = error.what();
  return difference;
}

std::vector<Drift> drift_of(Database& database, RowStore& rows, Captures& captures, const Catalog& catalog,
                            std::int64_t vm_id) try {
  Document loaded;
  loaded.set_rows(rows.load(catalog.root("domain"), vm_id, loaded.arena()));
  return drift_of(database, loaded, captures, catalog, vm_id);
} catch (const RowError& error) {
  return {{"persistent", difference_of(error)}};
}

std::vector<Drift> drift_of(Database& database, Document& rows, Captures& captures, const Catalog& catalog,
                            std::int64_t vm_id) try {
  return Comparison(database, rows, captures, catalog, vm_id).run();
} catch (const RowError& error) {
  return {{"persistent", difference_of(error)}};
}

}  // namespace virtsql
