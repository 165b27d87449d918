const key = 'visavis-kiosk cloud token'

/** The token that was kept for this start; `null` where none was. */
export function keptToken(): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

/** @param token `null` keeps none. */
export function keepToken(token: string | null): void {
  try {
    if (token === null) localStorage.removeItem(key)
    else localStorage.setItem(key, token)
  } catch {
    // Without storage it lasts as long as the page.
  }
}
