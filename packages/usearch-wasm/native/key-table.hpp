#pragma once
#include "row-store.hpp"

/** Finds the slot of a key: an open table of slots, whose keys are in the rows. */
class KeyTable {
 public:
  static constexpr std::uint32_t none = 0xFFFFFFFF;

  explicit KeyTable(RowStore const &rows) noexcept : rows_(rows) {}

  /** Room for `count` keys, at most two thirds of the table. */
  bool reserve(std::size_t count) noexcept {
    std::size_t size = size_ ? size_ : 64;
    while (size / 3 * 2 < count) size *= 2;
    if (size == size_) return true;
    auto *const slots = static_cast<std::uint32_t *>(std::malloc(size * sizeof(std::uint32_t)));
    if (!slots) return false;
    std::memset(slots, 0xFF, size * sizeof(std::uint32_t));
    auto *const before = slots_;
    std::size_t const size_before = size_;
    slots_ = slots;
    size_ = size;
    for (std::size_t i = 0; i != size_before; ++i) {
      if (before[i] != none) slots_[place(rows_.key(before[i]))] = before[i];
    }
    std::free(before);
    return true;
  }

  std::uint32_t find(std::uint64_t key) const noexcept { return size_ ? slots_[place(key)] : none; }

  /** The slot's key must be in its row, and not in the table. */
  void insert(std::uint32_t slot) noexcept { slots_[place(rows_.key(slot))] = slot; }

  /** The key must still be in its row. */
  void erase(std::uint64_t key) noexcept {
    std::size_t const mask = size_ - 1;
    std::size_t hole = place(key);
    // What comes behind moves up where it may, so that no search ends early at the hole.
    for (std::size_t i = (hole + 1) & mask; slots_[i] != none; i = (i + 1) & mask) {
      std::size_t const home = hash(rows_.key(slots_[i])) & mask;
      if (((i - home) & mask) < ((i - hole) & mask)) continue;
      slots_[hole] = slots_[i];
      hole = i;
    }
    slots_[hole] = none;
  }

 private:
  RowStore const &rows_;
  std::uint32_t *slots_ = nullptr;
  std::size_t size_ = 0;

  /** Where the key is, or else where it belongs. */
  std::size_t place(std::uint64_t key) const noexcept {
    std::size_t const mask = size_ - 1;
    std::size_t i = hash(key) & mask;
    while (slots_[i] != none && rows_.key(slots_[i]) != key) i = (i + 1) & mask;
    return i;
  }

  /** The finalizer of MurmurHash3. */
  static std::size_t hash(std::uint64_t key) noexcept {
    key ^= key >> 33;
    key *= 0xff51afd7ed558ccdULL;
    key ^= key >> 33;
    key *= 0xc4ceb9fe1a85ec53ULL;
    return static_cast<std::size_t>(key ^ (key >> 33));
  }
};
