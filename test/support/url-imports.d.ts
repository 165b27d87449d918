/** What Vite makes of an import that ends with `?url`. */
declare module '*?url' {
  const url: string
  export default url
}
