/** What native/usearch.cpp exports. Keys and numbers of bytes are doubles, addresses are unsigned. */
export interface EngineExports {
  us_start(dimensions: number, int8: number, cosine: number, connectivity: number, expansion: number): number
  us_probe(): number
  us_buffer(bytes: number): number
  us_size(): number
  us_slots(): number
  us_capacity(): number
  us_reserve(count: number): number
  us_reserve_tables(count: number): number
  us_check(): number
  us_add(key: number): number
  us_remove(key: number): number
  us_contains(key: number): number
  us_get(key: number): number
  us_get_raw(key: number): number
  us_add_raw(key: number): number
  us_keys(first: number, end: number): number
  us_clear_filter(): number
  us_allow(count: number): void
  us_search(wanted: number, expansion: number, exact: number, filtered: number): number
  us_saved_bytes(): number
  us_save(offset: number, length: number): void
  us_load_vectors(length: number): number
  us_load_graph(count: number, bytes: number): number
}
