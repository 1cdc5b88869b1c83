// A bump allocator for everything that one document needs; all of it is freed at once. Objects in it are never
// destroyed, so only trivially destructible types may live there.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace virtsql {

class Arena {
 public:
  Arena() = default;
  Arena(Arena&& other) noexcept { swap(other); }
  Arena& operator=(Arena&& other) noexcept {
    Arena moved(std::move(other));
    swap(moved);
    return *this;
  }

  // Returns uninitialized memory, valid as long as the arena. REQUIRES: the alignment is a power of two.
  void* allocate(std::size_t size, std::size_t alignment) {
    assert((alignment & (alignment - 1)) == 0);
    std::size_t at = (used_ + alignment - 1) & ~(alignment - 1);
    if (at + size > size_) {
      grow(size);
      at = 0;
    }
    used_ = at + size;
    return block_ + at;
  }

  template <typename T>
  T* make() {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (allocate(sizeof(T), alignof(T))) T();
  }

  // `count` value-initialized objects.
  template <typename T>
  T* make_array(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    T* out = static_cast<T*>(allocate(sizeof(T) * count, alignof(T)));
    for (std::size_t i = 0; i < count; ++i) new (out + i) T();
    return out;
  }

  // Returns a copy of the text, with a NUL behind it. Its data() is never nullptr, even if the text is empty.
  std::string_view copy(std::string_view text) {
    char* out = static_cast<char*>(allocate(text.size() + 1, 1));
    if (!text.empty()) std::memcpy(out, text.data(), text.size());
    out[text.size()] = '\0';
    return {out, text.size()};
  }

 private:
  void swap(Arena& other) noexcept {
    blocks_.swap(other.blocks_);
    std::swap(block_, other.block_);
    std::swap(size_, other.size_);
    std::swap(used_, other.used_);
  }

  void grow(std::size_t least) {
    static constexpr std::size_t kBlock = 32768;
    const std::size_t size = least + 16 > kBlock ? least + 16 : kBlock;
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(size));
    block_ = blocks_.back().get();
    size_ = size;
    used_ = 0;
  }

  std::vector<std::unique_ptr<char[]>> blocks_;
  char* block_ = nullptr;
  std::size_t size_ = 0;
  std::size_t used_ = 0;
};

}  // namespace virtsql
