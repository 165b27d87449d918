#pragma once
#include <cstddef>
#include <cstdlib>
#include <cstring>

/**
 * What usearch keeps its graph's nodes in: blocks that fill up and are freed all at once. usearch's own tape doubles
 * its blocks and aligns each node to 64 bytes; this one wastes a few bytes a node and at most one block.
 */
class TapeAllocator {
 public:
  using value_type = char;

  TapeAllocator() noexcept = default;
  TapeAllocator(TapeAllocator const &) noexcept {}
  TapeAllocator(TapeAllocator &&other) noexcept : block_(other.block_), used_(other.used_), size_(other.size_) {
    other.forget();
  }
  TapeAllocator &operator=(TapeAllocator const &) noexcept {
    reset();
    return *this;
  }
  TapeAllocator &operator=(TapeAllocator &&other) noexcept {
    if (this == &other) return *this;
    reset();
    block_ = other.block_;
    used_ = other.used_;
    size_ = other.size_;
    other.forget();
    return *this;
  }
  ~TapeAllocator() noexcept { reset(); }

  /** Null where memory has run out. */
  char *allocate(std::size_t bytes) noexcept {
    bytes = (bytes + 7) & ~std::size_t(7);
    if (!block_ || bytes > size_ - used_) {
      std::size_t const size = bytes + head > block_size ? bytes + head : block_size;
      char *const block = static_cast<char *>(std::malloc(size));
      if (!block) return nullptr;
      std::memcpy(block, &block_, sizeof(block_));
      block_ = block;
      size_ = size;
      used_ = head;
    }
    char *const result = block_ + used_;
    used_ += bytes;
    return result;
  }

  /** usearch frees nothing but everything. */
  void deallocate(char *, std::size_t) noexcept { reset(); }

  void reset() noexcept {
    while (block_) {
      char *before;
      std::memcpy(&before, block_, sizeof(before));
      std::free(block_);
      block_ = before;
    }
    forget();
  }

  /** The most that one allocation of `bytes` asks of the heap. */
  static constexpr std::size_t most(std::size_t bytes) noexcept { return bytes + head + block_size; }

 private:
  static constexpr std::size_t block_size = 256 * 1024;
  /** The address of the block before. */
  static constexpr std::size_t head = 8;

  char *block_ = nullptr;
  std::size_t used_ = 0;
  std::size_t size_ = 0;

  void forget() noexcept {
    block_ = nullptr;
    used_ = 0;
    size_ = 0;
  }
};
