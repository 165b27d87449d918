#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <wasm_simd128.h>

/*
 * Vectors are padded with zeros to whole steps of 16 values, so that no kernel has a rest to see to.
 */
constexpr std::size_t step = 16;

inline float dot(float const *a, float const *b, std::size_t padded) noexcept {
  v128_t s0 = wasm_f32x4_splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (std::size_t i = 0; i != padded; i += step) {
    s0 = wasm_f32x4_add(s0, wasm_f32x4_mul(wasm_v128_load(a + i), wasm_v128_load(b + i)));
    s1 = wasm_f32x4_add(s1, wasm_f32x4_mul(wasm_v128_load(a + i + 4), wasm_v128_load(b + i + 4)));
    s2 = wasm_f32x4_add(s2, wasm_f32x4_mul(wasm_v128_load(a + i + 8), wasm_v128_load(b + i + 8)));
    s3 = wasm_f32x4_add(s3, wasm_f32x4_mul(wasm_v128_load(a + i + 12), wasm_v128_load(b + i + 12)));
  }
  v128_t const sum = wasm_f32x4_add(wasm_f32x4_add(s0, s1), wasm_f32x4_add(s2, s3));
  return wasm_f32x4_extract_lane(sum, 0) + wasm_f32x4_extract_lane(sum, 1) + wasm_f32x4_extract_lane(sum, 2) +
         wasm_f32x4_extract_lane(sum, 3);
}

inline std::int32_t sum_of_lanes(v128_t v) noexcept {
  return wasm_i32x4_extract_lane(v, 0) + wasm_i32x4_extract_lane(v, 1) + wasm_i32x4_extract_lane(v, 2) +
         wasm_i32x4_extract_lane(v, 3);
}

inline float dot(std::int8_t const *a, std::int8_t const *b, std::size_t padded) noexcept {
  v128_t s0 = wasm_i32x4_splat(0), s1 = s0;
  for (std::size_t i = 0; i != padded; i += step) {
    s0 = wasm_i32x4_add(s0, wasm_i32x4_dot_i16x8(wasm_i16x8_load8x8(a + i), wasm_i16x8_load8x8(b + i)));
    s1 = wasm_i32x4_add(s1, wasm_i32x4_dot_i16x8(wasm_i16x8_load8x8(a + i + 8), wasm_i16x8_load8x8(b + i + 8)));
  }
  return static_cast<float>(sum_of_lanes(wasm_i32x4_add(s0, s1)));
}

/** A probe in 16 bits costs as much as one in 8, and rounds it 256 times less. */
inline float dot(std::int16_t const *a, std::int8_t const *b, std::size_t padded) noexcept {
  v128_t s0 = wasm_i32x4_splat(0), s1 = s0;
  for (std::size_t i = 0; i != padded; i += step) {
    s0 = wasm_i32x4_add(s0, wasm_i32x4_dot_i16x8(wasm_v128_load(a + i), wasm_i16x8_load8x8(b + i)));
    s1 = wasm_i32x4_add(s1, wasm_i32x4_dot_i16x8(wasm_v128_load(a + i + 8), wasm_i16x8_load8x8(b + i + 8)));
  }
  return static_cast<float>(sum_of_lanes(wasm_i32x4_add(s0, s1)));
}

/** Euclidean length, in double, so that it neither overflows nor vanishes. NaN or infinite where a value is. */
template <typename scalar_at> double length_of(scalar_at const *values, std::size_t count) noexcept {
  double sum = 0;
  for (std::size_t i = 0; i != count; ++i) sum += static_cast<double>(values[i]) * static_cast<double>(values[i]);
  return std::sqrt(sum);
}

/** Stretches finite values, not all of them zero, so that the largest becomes `most`, and rounds them. */
template <typename integer_at>
void quantize(float const *values, integer_at *integers, std::size_t count, double most) noexcept {
  float largest = 0;
  for (std::size_t i = 0; i != count; ++i) largest = std::fmax(largest, std::fabs(values[i]));
  double const scale = most / static_cast<double>(largest);
  for (std::size_t i = 0; i != count; ++i) {
    integers[i] = static_cast<integer_at>(std::nearbyint(static_cast<double>(values[i]) * scale));
  }
}
