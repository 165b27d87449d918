/** Where the endpoints of faces, people and collections lie on a server. */
export const facePath = '/v2/face-recognition'

/** Where a token is renewed. */
export const sessionPath = '/v2/auth/session'
