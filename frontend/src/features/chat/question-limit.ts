/** The server's limit on a question. */
export const MAX_QUESTION_CHARS = 8000;
