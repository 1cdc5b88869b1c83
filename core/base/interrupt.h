// Long work that a user can stop: with sqlite3_interrupt(), or Ctrl+C in the shell.
//
// SQLite stops only its own statements. Between them, code that makes rows, compares them or writes XML calls
// check_interrupt() wherever it can stop. Whoever runs such code for a user makes an Interruptible for the time of a
// scope: it says how to find out whether the user wants to stop. Without it, as in the drainer, nothing stops.
#pragma once

#include <exception>

namespace virtsql {

// The work was stopped. Not a std::runtime_error, because nothing is wrong with the data that the work was about.
struct Interrupted : std::exception {
  const char* what() const noexcept override { return "interrupted"; }
};

class Interruptible {
 public:
  using Asked = bool (*)(void*);

  // While this object lives, `asked(who)` says whether the work on this thread must stop. It must not throw.
  Interruptible(Asked asked, void* who) : before_(current_) { current_ = {asked, who, before_.count}; }
  ~Interruptible() { current_ = before_; }
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;

 private:
  friend void check_interrupt();
  friend void check_interrupt_now();
  // To ask takes about as long as to work on a row, so only every 1024th check asks.
  static constexpr unsigned kEvery = 1024;
  struct Scope {
    Asked asked;
    void* who;
    unsigned count;
  };
  static inline thread_local Scope current_{nullptr, nullptr, 0};
  Scope before_;
};

// Throws Interrupted if the work must stop. Cheap: only every kEvery-th call asks.
inline void check_interrupt() {
  Interruptible::Scope& scope = Interruptible::current_;
  if (scope.asked && ++scope.count % Interruptible::kEvery == 0 && scope.asked(scope.who)) throw Interrupted();
}

// The same, but asks at each call: before steps that take milliseconds.
inline void check_interrupt_now() {
  Interruptible::Scope& scope = Interruptible::current_;
  if (scope.asked && scope.asked(scope.who)) throw Interrupted();
}

}  // namespace virtsql
