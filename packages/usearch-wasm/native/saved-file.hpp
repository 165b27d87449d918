#pragma once
#include "engine.hpp"

/** Passes on `length` bytes, from `from` on, of a file that is written from its beginning. */
template <typename output_at> class Window {
 public:
  Window(std::uint64_t from, std::size_t length, char *buffer, std::size_t buffer_size, output_at output) noexcept
      : from_(from), to_(from + length), buffer_(buffer), buffer_size_(buffer_size), output_(output) {}

  /** False as soon as nothing of what follows is wanted. */
  bool write(void const *bytes, std::size_t length) noexcept {
    std::uint64_t begin = std::max(from_, at_), end = std::min<std::uint64_t>(to_, at_ + length);
    while (begin < end) {
      std::size_t const taken = static_cast<std::size_t>(std::min<std::uint64_t>(end - begin, buffer_size_ - used_));
      std::memcpy(buffer_ + used_, static_cast<char const *>(bytes) + (begin - at_), taken);
      begin += taken;
      used_ += taken;
      if (used_ == buffer_size_ || begin == to_) {
        output_(buffer_, used_);
        used_ = 0;
      }
    }
    at_ += length;
    return at_ < to_;
  }

  /** How many records of `length` bytes each come before the window and can be passed over. */
  std::size_t skip(std::size_t count, std::size_t length) noexcept {
    if (from_ <= at_) return 0;
    std::size_t const skipped = static_cast<std::size_t>(std::min<std::uint64_t>(count, (from_ - at_) / length));
    at_ += static_cast<std::uint64_t>(skipped) * length;
    return skipped;
  }

 private:
  std::uint64_t from_;
  std::uint64_t to_;
  std::uint64_t at_ = 0;
  char *buffer_;
  std::size_t buffer_size_;
  std::size_t used_ = 0;
  output_at output_;
};

inline std::uint64_t saved_bytes(Engine const &engine) noexcept {
  return 8 + static_cast<std::uint64_t>(engine.slots()) * engine.vector_bytes() +
         sizeof(unum::usearch::index_dense_head_buffer_t) + engine.graph().serialized_length();
}

/** The file that usearch's own `index_dense_gt` writes: the vectors, a head, the graph. */
template <typename window_at> void save_to(window_at &&window, Engine const &engine) noexcept {
  using namespace unum::usearch;
  std::size_t const slots = engine.slots();
  std::uint32_t const matrix[2] = {static_cast<std::uint32_t>(slots),
                                   static_cast<std::uint32_t>(engine.vector_bytes())};
  if (!window.write(matrix, sizeof(matrix))) return;
  for (std::size_t slot = window.skip(slots, engine.vector_bytes()); slot != slots; ++slot) {
    if (!window.write(engine.rows().vector<char>(slot), engine.vector_bytes())) return;
  }

  index_dense_head_buffer_t bytes;
  std::memset(bytes, 0, sizeof(bytes));
  std::memcpy(bytes, default_magic(), std::strlen(default_magic()));
  index_dense_head_t head{bytes};
  head.version_major = static_cast<index_dense_head_t::version_t>(USEARCH_VERSION_MAJOR);
  head.version_minor = static_cast<index_dense_head_t::version_t>(USEARCH_VERSION_MINOR);
  head.version_patch = static_cast<index_dense_head_t::version_t>(USEARCH_VERSION_PATCH);
  head.kind_metric = engine.cosine() ? metric_kind_t::cos_k : metric_kind_t::ip_k;
  head.kind_scalar = engine.int8() ? scalar_kind_t::i8_k : scalar_kind_t::f32_k;
  head.kind_key = scalar_kind<std::uint64_t>();
  head.kind_compressed_slot = scalar_kind<std::uint32_t>();
  head.count_present = engine.size();
  head.count_deleted = engine.removed();
  head.dimensions = engine.dimensions();
  head.multi = false;
  if (!window.write(bytes, sizeof(bytes))) return;

  auto result =
      engine.graph().save_to_stream([&](void const *part, std::size_t size) { return window.write(part, size); });
  // It complains of a window that is full before the file's end.
  result.error.release();
}
