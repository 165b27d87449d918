// Unit vectors packed for exact scans: a byte a dimension that every scan reads, two more a dimension that are read only
// of rows that could be among the best, and a sketch of four bits for each of the dimensions that matter most.
// One table an instance of the module.
//
// A vector x is kept as x = mean + basis^T (spread * y), y = scale * (coarse + fine / 65536) with one scale a row, chosen so
// that the largest |coarse| is 127. The cosine of a probe q with it is then
//   q.mean + scale * sum((coarse + fine / 65536) * p),  p = spread * (basis q),
// and a nibble of the sketch is 8 + coarse / 18, rounded.
// Rows before `boundary` are in the new basis (generation 1), rows from it on in the old one (generation 0).

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wasm_simd128.h>

namespace {

// The first rows lie in small segments, so that a few take little memory.
constexpr uint32_t small_rows = 1024;
constexpr uint32_t large_rows = 16384;
constexpr uint32_t small_segments = large_rows / small_rows;
constexpr uint32_t segments_most = 1024;
constexpr float fine_step = 1.0f / 65536;
constexpr int nibble_step = 18; // 127 / 18 rounds to 7

struct segment_t {
  uint16_t* sketches;
  int8_t* coarse;
  int16_t* fine;
  float* scales;
  uint32_t* keys;
};

struct basis_t {
  float* mean;
  float* rows; // null: the identity
  float* spread;
};

// A probe as the kernels want it.
struct probe_t {
  float* vector;      // p
  int16_t* whole;     // p / step, rounded
  float step;
  float offset;       // q.mean
  float uncertainty;  // of a coarse sum, in units of a row's scale
  int32_t eights;     // what a sketch of nothing but eights would give
};

struct hit_t {
  float similarity;
  uint32_t key;
};

uint32_t dimensions;
uint32_t padded;   // dimensions, filled up with zeros to a multiple of 16
uint32_t sketched; // how many dimensions the sketch has, a multiple of 32, at most `padded`
uint32_t count;
uint32_t boundary;
uint32_t segment_count;
uint32_t capacity; // rows of all segments
segment_t segments[segments_most];
basis_t bases[2];
probe_t probes[2];
float* input;    // one vector, as the caller passes or gets it
float* scratch;  // one padded vector
hit_t* hits;     // a heap while a search runs, the least similar on top; sorted when it is done
uint32_t hits_count;

template <typename T> T* allocate(size_t n) {
  void* memory = nullptr;
  return posix_memalign(&memory, 16, n * sizeof(T)) == 0 ? static_cast<T*>(memset(memory, 0, n * sizeof(T))) : nullptr;
}

inline uint32_t segment_of(uint32_t row) {
  return row < large_rows ? row / small_rows : small_segments - 1 + row / large_rows;
}

inline uint32_t rows_of(uint32_t segment) { return segment < small_segments ? small_rows : large_rows; }

// Where a row lies.
struct place_t {
  segment_t& segment;
  uint32_t at;

  explicit place_t(uint32_t row) : segment(segments[segment_of(row)]), at(row % rows_of(segment_of(row))) {}
};

inline int generation_of(uint32_t row) { return row < boundary ? 1 : 0; }

inline float add_lanes(v128_t v) {
  return wasm_f32x4_extract_lane(v, 0) + wasm_f32x4_extract_lane(v, 1) + wasm_f32x4_extract_lane(v, 2) +
     wasm_f32x4_extract_lane(v, 3);
}

inline int32_t add_int_lanes(v128_t v) {
  v = wasm_i32x4_add(v, wasm_i32x4_shuffle(v, v, 2, 3, 0, 1));
  v = wasm_i32x4_add(v, wasm_i32x4_shuffle(v, v, 1, 0, 3, 2));
  return wasm_i32x4_extract_lane(v, 0);
}

float dot_float(float const* a, float const* b, uint32_t n) {
  v128_t s0 = wasm_f32x4_splat(0), s1 = s0;
  uint32_t i = 0;
  for (; i + 8 <= n; i += 8) {
    s0 = wasm_f32x4_add(s0, wasm_f32x4_mul(wasm_v128_load(a + i), wasm_v128_load(b + i)));
    s1 = wasm_f32x4_add(s1, wasm_f32x4_mul(wasm_v128_load(a + i + 4), wasm_v128_load(b + i + 4)));
  }
  float sum = add_lanes(wasm_f32x4_add(s0, s1));
  for (; i < n; i++) sum += a[i] * b[i];
  return sum;
}

// Bytes against whole numbers of 16 bits; n is a multiple of 16.
inline v128_t dot_bytes(int8_t const* row, int16_t const* probe, uint32_t n, v128_t sum) {
  for (uint32_t i = 0; i < n; i += 16) {
    sum = wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(wasm_i16x8_load8x8(row + i), wasm_v128_load(probe + i)));
    sum = wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(wasm_i16x8_load8x8(row + i + 8), wasm_v128_load(probe + i + 8)));
  }
  return sum;
}

// The same for four rows, one after the other in memory: the probe is loaded once for all.
inline void dot_four(int8_t const* rows, int16_t const* probe, uint32_t n, v128_t sums[4]) {
  int8_t const *a = rows, *b = a + n, *c = b + n, *d = c + n;
  for (uint32_t i = 0; i < n; i += 8) {
    v128_t const p = wasm_v128_load(probe + i);
    sums[0] = wasm_i32x4_add(sums[0], wasm_i32x4_dot_i16x8(wasm_i16x8_load8x8(a + i), p));
    sums[1] = wasm_i32x4_add(sums[1], wasm_i32x4_dot_i16x8(wasm_i16x8_load8x8(b + i), p));
    sums[2] = wasm_i32x4_add(sums[2], wasm_i32x4_dot_i16x8(wasm_i16x8_load8x8(c + i), p));
    sums[3] = wasm_i32x4_add(sums[3], wasm_i32x4_dot_i16x8(wasm_i16x8_load8x8(d + i), p));
  }
}

// The total of each of four vectors, as the four lanes of one.
inline v128_t totals(v128_t const sums[4]) {
  v128_t const a = wasm_i32x4_add(wasm_i32x4_shuffle(sums[0], sums[1], 0, 4, 2, 6), wasm_i32x4_shuffle(sums[0], sums[1], 1, 5, 3, 7));
  v128_t const b = wasm_i32x4_add(wasm_i32x4_shuffle(sums[2], sums[3], 0, 4, 2, 6), wasm_i32x4_shuffle(sums[2], sums[3], 1, 5, 3, 7));
  return wasm_i32x4_add(wasm_i32x4_shuffle(a, b, 0, 1, 4, 5), wasm_i32x4_shuffle(a, b, 2, 3, 6, 7));
}

// Nibbles against whole numbers of 16 bits, for so many rows, one after the other in memory: dimension i + 8 n + j is
// nibble n of word j.
template <int rows> inline void dot_nibbles(uint16_t const* sketch, int16_t const* probe, v128_t* sums) {
  v128_t const low = wasm_i16x8_splat(15);
  for (uint32_t i = 0; i < sketched; i += 32) {
    v128_t const p0 = wasm_v128_load(probe + i), p1 = wasm_v128_load(probe + i + 8);
    v128_t const p2 = wasm_v128_load(probe + i + 16), p3 = wasm_v128_load(probe + i + 24);
    for (int row = 0; row < rows; row++) {
      v128_t const words = wasm_v128_load(sketch + row * (sketched / 4) + i / 4);
      v128_t const a = wasm_i32x4_add(wasm_i32x4_dot_i16x8(wasm_v128_and(words, low), p0),
                      wasm_i32x4_dot_i16x8(wasm_v128_and(wasm_u16x8_shr(words, 4), low), p1));
      v128_t const b = wasm_i32x4_add(wasm_i32x4_dot_i16x8(wasm_v128_and(wasm_u16x8_shr(words, 8), low), p2),
                      wasm_i32x4_dot_i16x8(wasm_u16x8_shr(words, 12), p3));
      sums[row] = wasm_i32x4_add(sums[row], wasm_i32x4_add(a, b));
    }
  }
}

// The sum over all of a row's bits, in units of the row's scale.
float dot_fine(segment_t const& segment, uint32_t at, probe_t const& probe) {
  v128_t coarse_sum = wasm_f32x4_splat(0), fine_sum = coarse_sum;
  int8_t const* coarse = segment.coarse + size_t(at) * padded;
  int16_t const* fine = segment.fine + size_t(at) * padded;
  auto add = [](v128_t sum, v128_t words, v128_t low, v128_t high) {
    sum = wasm_f32x4_add(sum, wasm_f32x4_mul(low, wasm_f32x4_convert_i32x4(wasm_i32x4_extend_low_i16x8(words))));
    return wasm_f32x4_add(sum, wasm_f32x4_mul(high, wasm_f32x4_convert_i32x4(wasm_i32x4_extend_high_i16x8(words))));
  };
  for (uint32_t i = 0; i < padded; i += 8) {
    v128_t const low = wasm_v128_load(probe.vector + i), high = wasm_v128_load(probe.vector + i + 4);
    coarse_sum = add(coarse_sum, wasm_i16x8_load8x8(coarse + i), low, high);
    fine_sum = add(fine_sum, wasm_v128_load(fine + i), low, high);
  }
  return add_lanes(coarse_sum) + fine_step * add_lanes(fine_sum);
}

// spread * (basis q), padded with zeros.
void rotate(basis_t const& basis, float const* q, float* out) {
  for (uint32_t i = 0; i < dimensions; i++) {
    out[i] = basis.spread[i] * (basis.rows ? dot_float(basis.rows + size_t(i) * dimensions, q, dimensions) : q[i]);
  }
  for (uint32_t i = dimensions; i < padded; i++) out[i] = 0;
}

void prepare(int generation) {
  probe_t& probe = probes[generation];
  basis_t const& basis = bases[generation];
  rotate(basis, input, probe.vector);
  probe.offset = dot_float(basis.mean, input, dimensions);
  float largest = 0, sum = 0;
  for (uint32_t i = 0; i < padded; i++) {
    largest = fmaxf(largest, fabsf(probe.vector[i]));
    sum += fabsf(probe.vector[i]);
  }
  // Sums of bytes times whole numbers stay below 2^31: 127 * 32767 * 512.
  float const most = padded <= 512 ? 32767.0f : 32767.0f * 512 / padded;
  probe.step = largest > 0 ? largest / most : 1;
  for (uint32_t i = 0; i < padded; i++) probe.whole[i] = int16_t(lrintf(probe.vector[i] / probe.step));
  // Rounding a row moves each coordinate by half at most, rounding the probe by half a step with bytes of 127 at most.
  int32_t eighths = 0;
  for (uint32_t i = 0; i < sketched; i++) eighths += probe.whole[i];
  probe.eights = 8 * eighths;
  probe.uncertainty = (0.5f * sum + 0.5f * 127 * probe.step * padded) * 1.0001f;
}

// What a vector is in a generation's basis, before quantization.
void center(basis_t const& basis, float const* x, float* out) {
  for (uint32_t i = 0; i < dimensions; i++) scratch[i] = x[i] - basis.mean[i];
  for (uint32_t i = 0; i < dimensions; i++) {
    float const value = basis.rows ? dot_float(basis.rows + size_t(i) * dimensions, scratch, dimensions) : scratch[i];
    out[i] = value / basis.spread[i];
  }
}

inline double clamp(double value, double most) { return fmin(fmax(value, -most), most); }

void write_row(uint32_t row, int generation) {
  float* y = probes[generation].vector; // free between searches
  center(bases[generation], input, y);
  float largest = 0;
  for (uint32_t i = 0; i < dimensions; i++) largest = fmaxf(largest, fabsf(y[i]));
  float const scale = largest > 0 ? largest / 127 : 1;
  auto const [segment, at] = place_t(row);
  segment.scales[at] = scale;
  int8_t* coarse = segment.coarse + size_t(at) * padded;
  int16_t* fine = segment.fine + size_t(at) * padded;
  for (uint32_t i = 0; i < dimensions; i++) {
    // In float64, because 24 bits are all that a float32 has.
    double const value = clamp(double(y[i]) / scale, 127);
    double const whole = rint(value);
    coarse[i] = int8_t(whole);
    fine[i] = int16_t(clamp(rint((value - whole) * 65536), 32767));
  }
  uint16_t* sketch = segment.sketches + size_t(at) * (sketched / 4);
  for (uint32_t word = 0; word < sketched / 4; word++) {
    uint32_t nibbles = 0;
    for (uint32_t n = 0; n < 4; n++) {
      float const value = coarse[word / 8 * 32 + 8 * n + word % 8];
      nibbles |= uint32_t(8 + int(rintf(value / nibble_step))) << (4 * n);
    }
    sketch[word] = uint16_t(nibbles);
  }
}

void read_row(uint32_t row) {
  basis_t const& basis = bases[generation_of(row)];
  auto const [segment, at] = place_t(row);
  int8_t const* coarse = segment.coarse + size_t(at) * padded;
  int16_t const* fine = segment.fine + size_t(at) * padded;
  for (uint32_t i = 0; i < dimensions; i++) {
    scratch[i] = segment.scales[at] * (float(coarse[i]) + fine_step * float(fine[i])) * basis.spread[i];
  }
  for (uint32_t i = 0; i < dimensions; i++) input[i] = basis.mean[i];
  if (!basis.rows) {
    for (uint32_t i = 0; i < dimensions; i++) input[i] += scratch[i];
    return;
  }
  for (uint32_t j = 0; j < dimensions; j++) {
    float const weight = scratch[j];
    float const* direction = basis.rows + size_t(j) * dimensions;
    for (uint32_t i = 0; i < dimensions; i++) input[i] += weight * direction[i];
  }
}

void move_row(uint32_t from, uint32_t to) {
  if (from == to) return;
  auto const [a, i32] = place_t(from);
  auto const [b, j32] = place_t(to);
  size_t const i = i32, j = j32;
  memcpy(b.sketches + j * (sketched / 4), a.sketches + i * (sketched / 4), sketched / 2);
  memcpy(b.coarse + j * padded, a.coarse + i * padded, padded);
  memcpy(b.fine + j * padded, a.fine + i * padded, padded * sizeof(int16_t));
  b.scales[j] = a.scales[i];
  b.keys[j] = a.keys[i];
}

void blank_row(uint32_t row) {
  auto const [segment, at32] = place_t(row);
  size_t const at = at32;
  memset(segment.sketches + at * (sketched / 4), 0, sketched / 2);
  memset(segment.coarse + at * padded, 0, padded);
  memset(segment.fine + at * padded, 0, padded * sizeof(int16_t));
  segment.scales[at] = 0;
  segment.keys[at] = 0;
}

// Whether a is the worse hit; of equal ones, that with the larger key is.
inline bool worse(hit_t const& a, hit_t const& b) {
  return a.similarity < b.similarity || (a.similarity == b.similarity && a.key > b.key);
}

void sift_down(uint32_t at) {
  hit_t const moved = hits[at];
  for (;;) {
    uint32_t child = 2 * at + 1;
    if (child >= hits_count) break;
    if (child + 1 < hits_count && worse(hits[child + 1], hits[child])) child++;
    if (!worse(hits[child], moved)) break;
    hits[at] = hits[child];
    at = child;
  }
  hits[at] = moved;
}

void offer(hit_t hit, uint32_t limit) {
  if (hits_count == limit) {
    if (!worse(hits[0], hit)) return;
    hits[0] = hit;
    sift_down(0);
    return;
  }
  uint32_t at = hits_count++;
  while (at > 0 && worse(hit, hits[(at - 1) / 2])) {
    hits[at] = hits[(at - 1) / 2];
    at = (at - 1) / 2;
  }
  hits[at] = hit;
}

struct search_t {
  uint32_t limit;
  float least;
  uint32_t const* allowed; // a bit a key, or null
  uint32_t allowed_words;

  bool allows(uint32_t key) const { return !allowed || (key / 32 < allowed_words && (allowed[key / 32] >> (key % 32)) & 1); }
  float threshold() const { return hits_count < limit ? least : fmaxf(least, hits[0].similarity); }
};

// What a sketch alone says of a row's similarity, but for the probe's offset.
inline float sketch_similarity(segment_t const& segment, uint32_t at, probe_t const& probe) {
  v128_t sum = wasm_i32x4_splat(0);
  dot_nibbles<1>(segment.sketches + size_t(at) * (sketched / 4), probe.whole, &sum);
  return segment.scales[at] * (float(add_int_lanes(sum) - probe.eights) * probe.step * nibble_step);
}

// What is looked at of a stretch of rows, which lie in one segment and are of one generation.
struct scan_t {
  search_t const& search;
  segment_t const& segment;
  probe_t const& probe;
  float threshold;

  scan_t(search_t const& s, uint32_t row, probe_t const& p)
    : search(s), segment(place_t(row).segment), probe(p), threshold(s.threshold() - p.offset) {}

  int8_t const* coarse(uint32_t at) const { return segment.coarse + size_t(at) * padded; }
  uint16_t const* sketch(uint32_t at) const { return segment.sketches + size_t(at) * (sketched / 4); }

  // A row whose similarity is `most` at most.
  void look(uint32_t at, float most) {
    if (most < threshold || !search.allows(segment.keys[at])) return;
    float const similarity = probe.offset + segment.scales[at] * dot_fine(segment, at, probe);
    if (similarity >= search.least) offer({similarity, segment.keys[at]}, search.limit);
    threshold = search.threshold() - probe.offset;
  }

  void one(uint32_t at) {
    v128_t const sum = dot_bytes(coarse(at), probe.whole, padded, wasm_i32x4_splat(0));
    look(at, segment.scales[at] * (float(add_int_lanes(sum)) * probe.step + probe.uncertainty));
  }

  // Rows [at, end).
  void all(uint32_t at, uint32_t end) {
    v128_t const steps = wasm_f32x4_splat(probe.step), uncertainties = wasm_f32x4_splat(probe.uncertainty);
    for (; at + 4 <= end; at += 4) {
      v128_t sums[4] = {};
      dot_four(coarse(at), probe.whole, padded, sums);
      v128_t const most = wasm_f32x4_mul(
        wasm_v128_load(segment.scales + at),
        wasm_f32x4_add(wasm_f32x4_mul(wasm_f32x4_convert_i32x4(totals(sums)), steps), uncertainties));
      if (!wasm_i32x4_bitmask(wasm_f32x4_ge(most, wasm_f32x4_splat(threshold)))) continue;
      look(at, wasm_f32x4_extract_lane(most, 0));
      look(at + 1, wasm_f32x4_extract_lane(most, 1));
      look(at + 2, wasm_f32x4_extract_lane(most, 2));
      look(at + 3, wasm_f32x4_extract_lane(most, 3));
    }
    for (; at < end; at++) one(at);
  }

  // Of rows [at, end) those whose sketch is alike enough.
  void sketches(uint32_t at, uint32_t end, float least) {
    v128_t const steps = wasm_f32x4_splat(probe.step * nibble_step), leasts = wasm_f32x4_splat(least);
    v128_t const eights = wasm_i32x4_splat(probe.eights);
    for (; at + 4 <= end; at += 4) {
      v128_t sums[4] = {};
      dot_nibbles<4>(sketch(at), probe.whole, sums);
      v128_t const alike = wasm_f32x4_mul(
        wasm_v128_load(segment.scales + at),
        wasm_f32x4_mul(wasm_f32x4_convert_i32x4(wasm_i32x4_sub(totals(sums), eights)), steps));
      for (uint32_t passing = wasm_i32x4_bitmask(wasm_f32x4_ge(alike, leasts)); passing; passing &= passing - 1) {
        one(at + __builtin_ctz(passing));
      }
    }
    for (; at < end; at++) {
      if (sketch_similarity(segment, at, probe) >= least) one(at);
    }
  }
};

// Calls back with each stretch of rows that lies in one segment and one generation.
template <typename F> void each_stretch(F stretch) {
  for (uint32_t from = 0; from < count;) {
    uint32_t const size = rows_of(segment_of(from));
    uint32_t to = from - from % size + size;
    if (to > count) to = count;
    if (from < boundary && to > boundary) to = boundary;
    stretch(from, to);
    from = to;
  }
}

void sort_hits() {
  uint32_t const all = hits_count;
  while (hits_count > 1) {
    hit_t const worst = hits[0];
    hits[0] = hits[--hits_count];
    sift_down(0);
    hits[hits_count] = worst;
  }
  hits_count = all;
}

// Finds the value that `wanted` of n values are at least, by quickselect; reorders them.
float at_least(float* values, uint32_t n, uint32_t wanted) {
  uint32_t from = 0, to = n - 1, at = wanted - 1;
  while (from < to) {
    float const pivot = values[from + (to - from) / 2];
    uint32_t i = from, j = to;
    while (i <= j) {
      while (values[i] > pivot) i++;
      while (values[j] < pivot) j--;
      if (i > j) break;
      float const value = values[i];
      values[i++] = values[j];
      values[j] = value;
      if (j == 0) break;
      j--;
    }
    if (at <= j && j < to) to = j;
    else if (at >= i) from = i;
    else break;
  }
  return values[at];
}

} // namespace

#define EXPORT(name) extern "C" __attribute__((export_name(#name)))

// Once, before anything else. 1 where it worked, 0 where memory is short.
EXPORT(packed_create) uint32_t packed_create(uint32_t dims, uint32_t sketch_dims, uint32_t most_hits) {
  dimensions = dims;
  padded = (dims + 15) / 16 * 16;
  sketched = sketch_dims;
  input = allocate<float>(padded);
  scratch = allocate<float>(padded);
  hits = allocate<hit_t>(most_hits);
  bool good = input && scratch && hits;
  for (int i = 0; i < 2; i++) {
    bases[i] = {allocate<float>(padded), nullptr, allocate<float>(padded)};
    probes[i].vector = allocate<float>(padded);
    probes[i].whole = allocate<int16_t>(padded);
    good = good && bases[i].mean && bases[i].spread && probes[i].vector && probes[i].whole;
    if (good) for (uint32_t j = 0; j < padded; j++) bases[i].spread[j] = 1;
  }
  return good;
}

EXPORT(packed_input) float* packed_input() { return input; }
EXPORT(packed_hits) hit_t* packed_hits() { return hits; }
EXPORT(packed_count) uint32_t packed_count() { return count; }

// Makes room for n rows in all. 1 where it worked, 0 where memory is short.
EXPORT(packed_reserve) uint32_t packed_reserve(uint32_t n) {
  while (n > capacity) {
    if (segment_count == segments_most) return 0;
    size_t const rows = rows_of(segment_count);
    segment_t const segment = {allocate<uint16_t>(rows * sketched / 4 + 8), allocate<int8_t>(rows * padded),
                               allocate<int16_t>(rows * padded), allocate<float>(rows), allocate<uint32_t>(rows)};
    if (!segment.sketches || !segment.coarse || !segment.fine || !segment.scales || !segment.keys) {
      free(segment.sketches), free(segment.coarse), free(segment.fine), free(segment.scales), free(segment.keys);
      return 0;
    }
    segments[segment_count++] = segment;
    capacity += rows;
  }
  return 1;
}

// Appends the vector at packed_input(). 1 where it worked, 0 where memory is short.
EXPORT(packed_add) uint32_t packed_add(uint32_t key) {
  if (!packed_reserve(count + 1)) return 0;
  bool const converted = bases[1].rows && boundary == count;
  write_row(count, converted ? 1 : 0);
  place_t const place(count);
  place.segment.keys[place.at] = key;
  count++;
  if (converted) boundary = count;
  return 1;
}

// Removes a row and blanks its bytes. The hole is filled by another row, whose place is filled by the last one: the
// answer is that other row, or the removed one itself where the last row alone moved.
EXPORT(packed_remove) uint32_t packed_remove(uint32_t row) {
  uint32_t hole = row;
  if (row < boundary) {
    hole = --boundary;
    move_row(hole, row);
  }
  count--;
  move_row(count, hole);
  blank_row(count);
  return hole;
}

EXPORT(packed_key) uint32_t packed_key(uint32_t row) { return place_t(row).segment.keys[place_t(row).at]; }

// The vector of a row, to packed_input().
EXPORT(packed_read) void packed_read(uint32_t row) { read_row(row); }

// Searches for the vector at packed_input(); gives the number of hits, best first, at packed_hits().
// share: of the rows whose sketch is most alike (0..1), or 1 for all rows: exact.
EXPORT(packed_search) uint32_t packed_search(
  uint32_t limit, float least, uint32_t const* allowed, uint32_t allowed_words, float share, float* samples, uint32_t samples_most
) {
  hits_count = 0;
  search_t const search = {limit, least, allowed, allowed_words};
  if (boundary > 0) prepare(1);
  if (boundary < count) prepare(0);
  bool by_sketch = share < 1 && sketched > 0 && boundary == count;
  float least_sketch = 0;
  if (by_sketch) {
    uint32_t sampled = 0;
    uint32_t const stride = count / samples_most + 1;
    for (uint32_t row = 0; row < count && sampled < samples_most; row += stride) {
      auto const [segment, at] = place_t(row);
      if (!search.allows(segment.keys[at])) continue;
      samples[sampled++] = sketch_similarity(segment, at, probes[1]);
    }
    uint32_t const wanted = uint32_t(sampled * share);
    by_sketch = wanted > 0;
    if (by_sketch) least_sketch = at_least(samples, sampled, wanted);
  }
  each_stretch([&](uint32_t from, uint32_t to) {
    scan_t scan(search, from, probes[generation_of(from)]);
    uint32_t const at = place_t(from).at;
    if (by_sketch) scan.sketches(at, at + (to - from), least_sketch);
    else scan.all(at, at + (to - from));
  });
  sort_hits();
  return hits_count;
}

// As packed_search with a share of 1, but only among the rows listed.
EXPORT(packed_search_rows) uint32_t packed_search_rows(uint32_t limit, float least, uint32_t const* rows, uint32_t n) {
  hits_count = 0;
  search_t const search = {limit, least, nullptr, 0};
  if (boundary > 0) prepare(1);
  if (boundary < count) prepare(0);
  for (uint32_t i = 0; i < n; i++) scan_t(search, rows[i], probes[generation_of(rows[i])]).one(place_t(rows[i]).at);
  sort_hits();
  return hits_count;
}

// Reads the bytes that a scan of all rows reads, and does nothing with them: how fast memory is.
EXPORT(packed_touch) uint32_t packed_touch() {
  v128_t sum = wasm_i32x4_splat(0);
  each_stretch([&](uint32_t from, uint32_t to) {
    auto const [segment, at] = place_t(from);
    size_t const first = at, n = to - from;
    for (size_t i = first * padded; i < (first + n) * padded; i += 16) sum = wasm_i32x4_add(sum, wasm_v128_load(segment.coarse + i));
    for (size_t i = first; i + 4 <= first + n; i += 4) sum = wasm_i32x4_add(sum, wasm_v128_load(segment.scales + i));
  });
  return add_int_lanes(sum);
}

EXPORT(packed_allocate) void* packed_allocate(uint32_t bytes) { return allocate<uint8_t>(bytes); }
EXPORT(packed_free) void packed_free(void* memory) { free(memory); }

// The basis that packed_convert turns rows to, to be filled by the caller: row i is direction i. Null where memory is
// short. Every row must be converted before there is another.
EXPORT(packed_new_basis) float* packed_new_basis() {
  float* rows = allocate<float>(size_t(dimensions) * dimensions);
  if (!rows) return nullptr;
  if (bases[1].rows) {
    free(bases[0].rows);
    basis_t const oldest = bases[0];
    bases[0] = bases[1];
    bases[1] = oldest;
  }
  bases[1].rows = rows;
  boundary = 0;
  return rows;
}
EXPORT(packed_basis) float* packed_basis() { return bases[1].rows; }
EXPORT(packed_mean) float* packed_mean() { return bases[1].mean; }
EXPORT(packed_spread) float* packed_spread() { return bases[1].spread; }

// Turns up to n more rows to the new basis; gives how many are left.
EXPORT(packed_convert) uint32_t packed_convert(uint32_t n) {
  for (; n > 0 && boundary < count; n--) {
    read_row(boundary);
    write_row(boundary, 1);
    boundary++;
  }
  return count - boundary;
}
