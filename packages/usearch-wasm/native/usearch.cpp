/*
 * The exports of the module. Keys cross the border as doubles, which hold whole numbers up to 2^53 - 1; numbers of
 * bytes as well, so that none needs a BigInt. What is larger than a number goes through `us_buffer` and `us_probe`.
 */
#include "engine.hpp"
#include "saved-file.hpp"

#define EXPORT(name) extern "C" __attribute__((export_name(#name)))
#define IMPORT(name) extern "C" __attribute__((import_module("usearch"), import_name(#name)))

/** Gives the next `length` bytes of the file that is being loaded. */
IMPORT(pull) void us_pull(void *target, std::size_t length);
/** Takes the next `length` bytes of the file that is being saved. */
IMPORT(push) void us_push(void const *bytes, std::size_t length);

namespace {
Engine engine;
/** What files and lists of keys pass through; there from the beginning, so that saving needs no memory. */
constexpr std::size_t window_bytes = 65536;
char *buffer = nullptr;
std::size_t buffer_capacity = 0;
std::size_t loaded_bytes = 0;
}  // namespace

EXPORT(us_start)
int us_start(std::size_t dimensions, int int8, int cosine, std::size_t connectivity, std::size_t expansion) {
  bool const started = engine.start(dimensions, int8 != 0, cosine != 0, connectivity, expansion);
  return started && grow(buffer, buffer_capacity, window_bytes) ? 0 : static_cast<int>(Status::out_of_memory);
}

/** Where `dimensions` floats are put for add, check and search, and taken after get. */
EXPORT(us_probe) float *us_probe() { return engine.probe(); }

/** At least so many bytes, until the next call; null where memory has run out. */
EXPORT(us_buffer) char *us_buffer(std::size_t bytes) { return grow(buffer, buffer_capacity, bytes) ? buffer : nullptr; }

EXPORT(us_size) std::size_t us_size() { return engine.size(); }
EXPORT(us_slots) std::size_t us_slots() { return engine.slots(); }
EXPORT(us_capacity) std::size_t us_capacity() { return engine.capacity(); }
EXPORT(us_reserve) int us_reserve(std::size_t count) { return engine.reserve(count) ? 0 : -1; }
EXPORT(us_reserve_tables) int us_reserve_tables(std::size_t count) { return engine.reserve_tables(count) ? 0 : -1; }
EXPORT(us_check) int us_check() { return engine.good_probe() ? 0 : static_cast<int>(Status::bad_vector); }
EXPORT(us_add) int us_add(double key) { return static_cast<int>(engine.add(static_cast<std::uint64_t>(key))); }
EXPORT(us_remove) int us_remove(double key) { return engine.remove(static_cast<std::uint64_t>(key)); }

EXPORT(us_contains) int us_contains(double key) {
  return engine.find(static_cast<std::uint64_t>(key)) != KeyTable::none;
}

EXPORT(us_get) int us_get(double key) {
  std::uint32_t const slot = engine.find(static_cast<std::uint64_t>(key));
  if (slot == KeyTable::none) return 0;
  engine.get(slot);
  return 1;
}

/** The vector as the rows hold it, into the buffer, and back from there. */
EXPORT(us_get_raw) int us_get_raw(double key) {
  std::uint32_t const slot = engine.find(static_cast<std::uint64_t>(key));
  if (slot == KeyTable::none || !us_buffer(engine.vector_bytes())) return 0;
  std::memcpy(buffer, engine.rows().vector<char>(slot), engine.vector_bytes());
  return 1;
}

EXPORT(us_add_raw) int us_add_raw(double key) {
  return static_cast<int>(engine.add_raw(static_cast<std::uint64_t>(key), buffer));
}

/** The keys of the slots from `first` to `end`, as doubles in the buffer; those that were removed are left out. */
EXPORT(us_keys) std::size_t us_keys(std::size_t first, std::size_t end) {
  std::size_t count = 0;
  for (std::size_t slot = first; slot != end; ++slot) {
    std::uint64_t const key = engine.rows().key(slot);
    if (key != free_key) reinterpret_cast<double *>(buffer)[count++] = static_cast<double>(key);
  }
  return count;
}

EXPORT(us_clear_filter) int us_clear_filter() { return engine.clear_filter() ? 0 : -1; }

/** Allows `count` keys, doubles in the buffer. */
EXPORT(us_allow) void us_allow(std::size_t count) {
  for (std::size_t i = 0; i != count; ++i) {
    engine.allow(static_cast<std::uint64_t>(reinterpret_cast<double const *>(buffer)[i]));
  }
}

/** Leaves the keys, and behind them the distances, as doubles in the buffer. */
EXPORT(us_search) int us_search(std::size_t wanted, std::size_t expansion, int exact, int filtered) {
  int const count = engine.search(wanted, expansion, exact != 0, filtered != 0);
  if (count <= 0) return count;
  std::size_t const found = static_cast<std::size_t>(count);
  if (!us_buffer(found * 2 * sizeof(double))) return static_cast<int>(Status::out_of_memory);
  double *const results = reinterpret_cast<double *>(buffer);
  for (std::size_t i = 0; i != found; ++i) {
    Engine::Candidate const &candidate = engine.candidates()[i];
    results[i] = static_cast<double>(engine.rows().key(candidate.slot));
    results[found + i] = static_cast<double>(candidate.distance);
  }
  return count;
}

EXPORT(us_saved_bytes) double us_saved_bytes() { return static_cast<double>(saved_bytes(engine)); }

/** Gives `length` bytes of the file, from `offset` on, to `push`. */
EXPORT(us_save) void us_save(double offset, std::size_t length) {
  save_to(Window(static_cast<std::uint64_t>(offset), length, buffer, window_bytes, us_push), engine);
}

/** Takes the next bytes of the file's vectors out of the buffer. */
EXPORT(us_load_vectors) int us_load_vectors(std::size_t length) {
  std::size_t const vector_bytes = engine.vector_bytes();
  for (std::size_t at = 0; at != length;) {
    std::size_t const slot = loaded_bytes / vector_bytes, offset = loaded_bytes % vector_bytes;
    std::size_t const taken = std::min(vector_bytes - offset, length - at);
    if (!engine.reserve_rows(slot + 1)) return static_cast<int>(Status::out_of_memory);
    std::memcpy(engine.rows().vector<char>(slot) + offset, buffer + at, taken);
    at += taken;
    loaded_bytes += taken;
    if (offset + taken == vector_bytes && !engine.finish_row(static_cast<std::uint32_t>(slot))) {
      return static_cast<int>(Status::bad_file);
    }
  }
  return 0;
}

/** Takes the graph, which must have been checked, through `pull`. */
EXPORT(us_load_graph) int us_load_graph(std::size_t count, double graph_bytes) {
  std::uint64_t left = static_cast<std::uint64_t>(graph_bytes);
  std::size_t at = 0, end = 0;
  return static_cast<int>(engine.load_graph(count, [&](void *target, std::size_t length) {
    if (!target) return false;
    for (std::size_t done = 0; done != length;) {
      if (at == end) {
        if (left == 0) return false;
        end = static_cast<std::size_t>(std::min<std::uint64_t>(window_bytes, left));
        us_pull(buffer, end);
        left -= end;
        at = 0;
      }
      std::size_t const taken = std::min(end - at, length - done);
      std::memcpy(static_cast<char *>(target) + done, buffer + at, taken);
      at += taken;
      done += taken;
    }
    return true;
  }));
}
