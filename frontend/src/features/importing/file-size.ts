import { decimal, quantity } from "@/lib/format";

const KILOBYTE = 1024;
const MEGABYTE = KILOBYTE * KILOBYTE;

/** The server's limit. A file above it is not sent at all: the connection would be cut while it is under way. */
export const MAX_BYTES = 10 * MEGABYTE;
export const MAX_SIZE = fileSize(MAX_BYTES);

export function fileSize(bytes: number): string {
  if (bytes < KILOBYTE) return `${quantity(bytes)} bytes`;
  if (bytes < MEGABYTE) return `${decimal(bytes / KILOBYTE, 0)} KB`;
  return `${decimal(bytes / MEGABYTE, bytes % MEGABYTE === 0 ? 0 : 1)} MB`;
}
