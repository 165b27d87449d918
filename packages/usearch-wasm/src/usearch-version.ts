/** The version of usearch whose headers the WebAssembly module is made of. */
export const usearchVersion = '2.26.2'
