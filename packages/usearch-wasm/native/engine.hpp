#pragma once
#include "kernels.hpp"
#include "key-table.hpp"
#include "tape-allocator.hpp"
#include <algorithm>
#include <usearch/index_dense.hpp>

enum class Status : int { ok = 0, out_of_memory = -1, bad_vector = -2, key_taken = -3, bad_file = -4 };

constexpr std::uint64_t free_key = ~std::uint64_t(0);

/** A vector outside of the rows, and what its products are multiplied with. */
template <typename scalar_at> struct Probe {
  scalar_at const *values;
  float factor;
};

/**
 * usearch's graph over our own rows. A row's factor is one through its length for cosines and one for inner products,
 * so that a distance is one product of vectors either way. One engine lives in each instance of the module.
 */
class Engine {
 public:
  using graph_t = unum::usearch::index_gt<float, std::uint64_t, std::uint32_t,
                                          unum::usearch::aligned_allocator_gt<char, 16>, TapeAllocator>;

  struct Candidate {
    float distance;
    std::uint32_t slot;
  };

  bool start(std::size_t dimensions, bool int8, bool cosine, std::size_t connectivity, std::size_t expansion) noexcept {
    dimensions_ = dimensions;
    padded_ = (dimensions + step - 1) / step * step;
    int8_ = int8;
    cosine_ = cosine;
    expansion_ = expansion;
    rows_.start(padded_ * scalar_bytes());
    graph_ = graph_t(unum::usearch::index_config_t(connectivity));
    probe_ = static_cast<float *>(std::calloc(padded_, sizeof(float)));
    wide_probe_ = static_cast<std::int16_t *>(std::calloc(padded_, sizeof(std::int16_t)));
    return probe_ && wide_probe_;
  }

  float *probe() noexcept { return probe_; }
  std::size_t dimensions() const noexcept { return dimensions_; }
  std::size_t scalar_bytes() const noexcept { return int8_ ? 1 : 4; }
  std::size_t vector_bytes() const noexcept { return dimensions_ * scalar_bytes(); }
  bool int8() const noexcept { return int8_; }
  bool cosine() const noexcept { return cosine_; }
  std::size_t slots() const noexcept { return graph_.size(); }
  std::size_t removed() const noexcept { return removed_count_; }
  std::size_t size() const noexcept { return slots() - removed_count_; }
  std::size_t capacity() const noexcept { return graph_.capacity(); }
  graph_t const &graph() const noexcept { return graph_; }
  RowStore const &rows() const noexcept { return rows_; }
  std::uint32_t find(std::uint64_t key) const noexcept { return table_.find(key); }
  Candidate const *candidates() const noexcept { return candidates_; }

  bool reserve(std::size_t count) noexcept { return rows_.reserve(count) && reserve_tables(count); }

  /** All but the rows, whose blocks can be added one by one without moving anything. */
  bool reserve_tables(std::size_t count) noexcept {
    return table_.reserve(count) &&
           (count <= graph_.capacity() || graph_.try_reserve(unum::usearch::index_limits_t(count, 1)));
  }

  /** Whether the probe can be kept and searched. */
  bool good_probe() const noexcept { return good_length(length_of(probe_, dimensions_)); }

  /** Adds the probe. */
  Status add(std::uint64_t key) noexcept {
    if (!good_probe()) return Status::bad_vector;
    return add_row(key, [&](std::uint32_t slot) {
      if (int8_) quantize(probe_, rows_.vector<std::int8_t>(slot), dimensions_, 127.0);
      else std::memcpy(rows_.vector<float>(slot), probe_, dimensions_ * sizeof(float));
    });
  }

  /** Adds a vector as rows hold it. */
  Status add_raw(std::uint64_t key, char const *vector) noexcept {
    return add_row(key, [&](std::uint32_t slot) { std::memcpy(rows_.vector<char>(slot), vector, vector_bytes()); });
  }

  bool remove(std::uint64_t key) noexcept {
    std::uint32_t const slot = table_.find(key);
    if (slot == KeyTable::none) return false;
    // Room for it was made when the slot was filled.
    removed_[removed_count_++] = slot;
    table_.erase(key);
    set_key(slot, free_key);
    return true;
  }

  /** Puts a row's vector into the probe: as it was added, or for 8 bits its direction. */
  void get(std::uint32_t slot) noexcept {
    if (int8_) {
      auto const *const vector = rows_.vector<std::int8_t>(slot);
      float const factor = rows_.factor(slot);
      for (std::size_t i = 0; i != dimensions_; ++i) probe_[i] = static_cast<float>(vector[i]) * factor;
    } else {
      std::memcpy(probe_, rows_.vector<float>(slot), dimensions_ * sizeof(float));
    }
  }

  bool clear_filter() noexcept {
    std::size_t const words = (slots() + 63) / 64;
    if (!grow(filter_, filter_capacity_, words)) return false;
    std::memset(filter_, 0, words * sizeof(std::uint64_t));
    allowed_ = 0;
    return true;
  }

  void allow(std::uint64_t key) noexcept {
    std::uint32_t const slot = table_.find(key);
    if (slot == KeyTable::none || is_allowed(slot)) return;
    filter_[slot >> 6] |= std::uint64_t(1) << (slot & 63);
    ++allowed_;
  }

  /** Leaves the nearest rows in `candidates()`, and says how many. Negative where memory has run out. */
  int search(std::size_t wanted, std::size_t expansion, bool exact, bool filtered) noexcept {
    std::size_t const among = filtered ? allowed_ : size();
    wanted = std::min(wanted, among);
    if (wanted == 0) return 0;
    if (!grow(candidates_, candidates_capacity_, wanted)) return static_cast<int>(Status::out_of_memory);
    // The graph leads through all that is not allowed, too: below a half, looking at each that is costs less.
    exact = exact || among <= expansion || wanted > among / 2 || (filtered && among <= size() / 2);
    if (int8_) {
      double const most = std::min(32767.0, 2147483647.0 / (128.0 * static_cast<double>(padded_)));
      quantize(probe_, wide_probe_, dimensions_, std::floor(most));
      float const factor = static_cast<float>(1 / length_of(wide_probe_, dimensions_));
      Probe<std::int16_t> const probe{wide_probe_, factor};
      return search(probe, Metric<std::int8_t>{this}, wanted, expansion, exact, filtered);
    }
    float const factor = cosine_ ? static_cast<float>(1 / length_of(probe_, dimensions_)) : 1;
    return search(Probe<float>{probe_, factor}, Metric<float>{this}, wanted, expansion, exact, filtered);
  }

  bool reserve_rows(std::size_t count) noexcept { return rows_.reserve(count); }

  /** To be called when a row's vector was put there from outside. False where it cannot be searched. */
  bool finish_row(std::uint32_t slot) noexcept {
    double const length = int8_ ? length_of(rows_.vector<std::int8_t>(slot), dimensions_)
                                : length_of(rows_.vector<float>(slot), dimensions_);
    rows_.factor(slot) = cosine_ ? static_cast<float>(1 / length) : 1;
    return good_length(length);
  }

  template <typename input_at> Status load_graph(std::size_t count, input_at &&input) noexcept {
    unum::usearch::serialization_result_t result = graph_.load_from_stream(input);
    if (char const *const message = result.error.release()) {
      return std::strstr(message, "emory") ? Status::out_of_memory : Status::bad_file;
    }
    if (graph_.size() != count) return Status::bad_file;
    if (!table_.reserve(count) || !grow(removed_, removed_capacity_, count)) return Status::out_of_memory;
    for (std::uint32_t slot = 0; slot != count; ++slot) {
      std::uint64_t const key = graph_.at(slot).key;
      if (key != free_key && table_.find(key) != KeyTable::none) return Status::bad_file;
      rows_.key(slot) = key;
      if (key == free_key) removed_[removed_count_++] = slot;
      else table_.insert(slot);
    }
    return Status::ok;
  }

 private:
  template <typename scalar_at> struct Metric {
    Engine const *engine;

    template <typename probe_at, typename entry_at>
    float operator()(Probe<probe_at> const &a, entry_at const &b) const noexcept {
      return from(a, static_cast<std::uint32_t>(get_slot(b)));
    }
    template <typename entry_at> float operator()(entry_at const &a, entry_at const &b) const noexcept {
      auto const slot = static_cast<std::uint32_t>(get_slot(a));
      return from(Probe<scalar_at>{engine->rows_.template vector<scalar_at>(slot), engine->rows_.factor(slot)},
                  static_cast<std::uint32_t>(get_slot(b)));
    }
    template <typename probe_at> float from(Probe<probe_at> const &a, std::uint32_t slot) const noexcept {
      auto const *const vector = engine->rows_.template vector<scalar_at>(slot);
      return 1 - dot(a.values, vector, engine->padded_) * a.factor * engine->rows_.factor(slot);
    }
  };

  std::size_t dimensions_ = 0;
  std::size_t padded_ = 0;
  std::size_t expansion_ = 0;
  bool int8_ = false;
  bool cosine_ = false;
  graph_t graph_;
  RowStore rows_;
  KeyTable table_{rows_};
  /** Slots whose key was removed, to be filled again. */
  std::uint32_t *removed_ = nullptr;
  std::size_t removed_capacity_ = 0;
  std::size_t removed_count_ = 0;
  std::uint64_t *filter_ = nullptr;
  std::size_t filter_capacity_ = 0;
  std::size_t allowed_ = 0;
  Candidate *candidates_ = nullptr;
  std::size_t candidates_capacity_ = 0;
  float *probe_ = nullptr;
  std::int16_t *wide_probe_ = nullptr;

  /** Beyond these, products of two vectors leave what a float holds. */
  bool good_length(double length) const noexcept { return length <= 1e15 && (!cosine_ || length >= 1e-12); }

  bool is_allowed(std::uint32_t slot) const noexcept { return filter_[slot >> 6] >> (slot & 63) & 1; }

  void set_key(std::uint32_t slot, std::uint64_t key) noexcept {
    rows_.key(slot) = key;
    graph_.at(slot).key = key;
  }

  /**
   * Makes room for one more before usearch begins, because it cannot take back what it has done when memory runs out in
   * the middle of it.
   */
  bool make_room() noexcept {
    std::size_t const count = slots();
    if (removed_count_ == 0) {
      if (count == graph_.capacity() && !reserve_tables(std::max<std::size_t>(64, count * 2)) &&
          !reserve_tables(count + count / 8 + 1)) {
        return false;
      }
      if (!rows_.reserve(count + 1) || !table_.reserve(count + 1) || !grow(removed_, removed_capacity_, count + 1)) {
        return false;
      }
    }
    std::size_t const visited = expansion_ * graph_.connectivity() * 2;
    void *const room = std::malloc(TapeAllocator::most(graph_.neighbors_base_bytes() * 16) + visited * 16 + 65536);
    std::free(room);
    return room != nullptr;
  }

  template <typename write_at> Status add_row(std::uint64_t key, write_at &&write) noexcept {
    if (table_.find(key) != KeyTable::none) return Status::key_taken;
    if (!make_room()) return Status::out_of_memory;
    bool const reuse = removed_count_ != 0;
    std::uint32_t const slot = reuse ? removed_[removed_count_ - 1] : static_cast<std::uint32_t>(slots());
    write(slot);
    if (!finish_row(slot)) return Status::bad_vector;
    bool const linked = int8_ ? link<std::int8_t>(key, slot, reuse) : link<float>(key, slot, reuse);
    if (!linked) return Status::out_of_memory;
    if (reuse) --removed_count_;
    rows_.key(slot) = key;
    table_.insert(slot);
    return Status::ok;
  }

  template <typename scalar_at> bool link(std::uint64_t key, std::uint32_t slot, bool reuse) noexcept {
    Probe<scalar_at> const probe{rows_.vector<scalar_at>(slot), rows_.factor(slot)};
    Metric<scalar_at> const metric{this};
    unum::usearch::index_update_config_t config;
    config.expansion = expansion_;
    auto result = reuse ? graph_.update(graph_.iterator_at(slot), key, probe, metric, config)
                        : graph_.add(key, probe, metric, config);
    return result.error.release() == nullptr;
  }

  /** Nearest first, then by key. */
  auto order() const noexcept {
    return [this](Candidate const &a, Candidate const &b) noexcept {
      return a.distance != b.distance ? a.distance < b.distance : rows_.key(a.slot) < rows_.key(b.slot);
    };
  }

  template <typename probe_at, typename metric_at>
  int search(probe_at const &probe, metric_at const &metric, std::size_t wanted, std::size_t expansion, bool exact,
             bool filtered) noexcept {
    std::size_t count = 0;
    if (!exact) {
      unum::usearch::index_search_config_t config;
      config.expansion = expansion;
      auto const allow = [&](graph_t::member_cref_t const &member) noexcept {
        auto const slot = static_cast<std::uint32_t>(member.slot);
        return filtered ? is_allowed(slot) : rows_.key(slot) != free_key;
      };
      auto result = graph_.search(probe, wanted, metric, config, allow);
      if (result.error.release()) return static_cast<int>(Status::out_of_memory);
      count = result.count;
      for (std::size_t i = 0; i != count; ++i) {
        auto const match = result.at(i);
        candidates_[i] = {match.distance, static_cast<std::uint32_t>(match.member.slot)};
      }
    }
    // A graph whose parts hang together badly may find fewer than there are.
    if (count < wanted) count = scan(probe, metric, wanted, filtered);
    std::sort(candidates_, candidates_ + count, order());
    return static_cast<int>(count);
  }

  template <typename probe_at, typename metric_at>
  std::size_t scan(probe_at const &probe, metric_at const &metric, std::size_t wanted, bool filtered) noexcept {
    std::size_t count = 0;
    auto const nearer = order();
    auto const look_at = [&](std::uint32_t slot) noexcept {
      Candidate const candidate{metric.from(probe, slot), slot};
      if (count < wanted) {
        candidates_[count++] = candidate;
        if (count == wanted) std::make_heap(candidates_, candidates_ + count, nearer);
      } else if (nearer(candidate, candidates_[0])) {
        std::pop_heap(candidates_, candidates_ + count, nearer);
        candidates_[count - 1] = candidate;
        std::push_heap(candidates_, candidates_ + count, nearer);
      }
    };
    std::size_t const total = slots();
    if (filtered) {
      for (std::size_t word = 0; word != (total + 63) / 64; ++word) {
        for (std::uint64_t bits = filter_[word]; bits != 0; bits &= bits - 1) {
          look_at(static_cast<std::uint32_t>(word * 64 + static_cast<std::size_t>(__builtin_ctzll(bits))));
        }
      }
    } else {
      for (std::uint32_t slot = 0; slot != total; ++slot) {
        if (rows_.key(slot) != free_key) look_at(slot);
      }
    }
    return count;
  }
};
