/** What scripts can rely on. */
export const exitCodes = {
  /** A person was found, the person is the same, a face was detected, the work is done. */
  done: 0,
  /** No person was found, the person is another, there is no face, no person could be enrolled. */
  nobody: 1,
  /** What was given cannot be used: arguments, options, missing files, pictures that are none. */
  misuse: 2,
  /** Something broke that other arguments would not mend. */
  failure: 3,
  /** Stopped by Ctrl-C; the shell's number for it. */
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
