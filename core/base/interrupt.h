// Long work that somebody can stop: sqlite3_interrupt(), Ctrl+C in the shell.
//
// SQLite stops its own statements. What reads rows, compares or writes XML between them says where it can stop, with
// check_interrupt(); whoever calls it on somebody's behalf says for the time of a scope how to find out, with
// Interruptible. Without such a scope, as in the drainer, nothing stops.
#pragma once

#include <exception>

namespace virtsql {

// The work was stopped. No std::runtime_error: it is of nothing that the work was about.
struct Interrupted : std::exception {
  const char* what() const noexcept override { return "interrupted"; }
};

class Interruptible {
 public:
  using Asked = bool (*)(void*);

  // During the scope, on this thread, `asked(who)` says whether the work is to stop. It must not throw.
  Interruptible(Asked asked, void* who) : before_(current_) { current_ = {asked, who, before_.count}; }
  ~Interruptible() { current_ = before_; }
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;

 private:
  friend void check_interrupt();
  // Asking takes as long as many a row does.
  static constexpr unsigned kEvery = 1024;
  struct Scope {
    Asked asked;
    void* who;
    unsigned count;
  };
  static inline thread_local Scope current_{nullptr, nullptr, 0};
  Scope before_;
};

// Throws Interrupted if the work is to stop. Cheap: it asks now and then.
inline void check_interrupt() {
  Interruptible::Scope& scope = Interruptible::current_;
  if (scope.asked && ++scope.count % Interruptible::kEvery == 0 && scope.asked(scope.who)) throw Interrupted();
}

}  // namespace virtsql
