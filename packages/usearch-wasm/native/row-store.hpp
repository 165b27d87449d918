#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

/** Grows an array of trivial values; on failure it stays as it is. */
template <typename value_at> bool grow(value_at *&values, std::size_t &capacity, std::size_t wanted) noexcept {
  if (wanted <= capacity) return true;
  std::size_t const larger = wanted > capacity * 2 ? wanted : capacity * 2;
  if (larger > SIZE_MAX / sizeof(value_at)) return false;
  void *const moved = std::realloc(values, larger * sizeof(value_at));
  if (!moved) return false;
  values = static_cast<value_at *>(moved);
  capacity = larger;
  return true;
}

/**
 * One row a slot: the vector, padded to 16 bytes, what its products are multiplied with, and its key, which a search
 * then finds in the same lines of the cache. Rows lie in blocks, so that growing moves none of them.
 */
class RowStore {
 public:
  void start(std::size_t vector_bytes) noexcept {
    vector_bytes_ = (vector_bytes + 15) & ~std::size_t(15);
    stride_ = vector_bytes_ + 16;
    while ((stride_ << (shift_ + 1)) <= block_size) ++shift_;
  }

  bool reserve(std::size_t rows) noexcept {
    std::size_t const wanted = (rows + (std::size_t(1) << shift_) - 1) >> shift_;
    if (!grow(blocks_, blocks_capacity_, wanted)) return false;
    while (blocks_count_ < wanted) {
      // The zeros behind a vector's end are what the kernels count on.
      void *const block = std::calloc(1, stride_ << shift_);
      if (!block) return false;
      blocks_[blocks_count_++] = static_cast<char *>(block);
    }
    return true;
  }

  template <typename scalar_at> scalar_at *vector(std::size_t slot) const noexcept {
    return reinterpret_cast<scalar_at *>(row(slot));
  }
  float &factor(std::size_t slot) const noexcept { return *reinterpret_cast<float *>(row(slot) + vector_bytes_); }
  std::uint64_t &key(std::size_t slot) const noexcept {
    return *reinterpret_cast<std::uint64_t *>(row(slot) + vector_bytes_ + 8);
  }

 private:
  static constexpr std::size_t block_size = 256 * 1024;

  char **blocks_ = nullptr;
  std::size_t blocks_count_ = 0;
  std::size_t blocks_capacity_ = 0;
  std::size_t vector_bytes_ = 0;
  std::size_t stride_ = 0;
  std::size_t shift_ = 0;

  char *row(std::size_t slot) const noexcept {
    return blocks_[slot >> shift_] + (slot & ((std::size_t(1) << shift_) - 1)) * stride_;
  }
};
