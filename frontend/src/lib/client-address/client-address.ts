import { isIP } from "node:net";

import { clientAddressHeader } from "@/lib/env";
import { peerOf } from "./peer";
import { trustedProxies } from "./trusted-proxies";

const FORWARDED_FOR = "x-forwarded-for";

/** Say to the backend from where a browser asks, where that is known; what the browser itself says does not count. */
export function tellClient(headers: Headers, request: Request): Headers {
  const address = clientAddress(request);
  if (address !== null) headers.set(FORWARDED_FOR, address);
  return headers;
}

/**
 * The address of whoever stands before the last proxy that is trusted.
 *
 * Each proxy adds the address that it sees to the end, so the list is read backwards: as long as the one who says it is
 * trusted, what it says is. Before the first stranger everything may be made up.
 */
export function clientAddress(request: Request): string | null {
  const peer = plainAddress(peerOf(request) ?? "");
  if (peer === null) return null;
  const trusted = trustedProxies();
  const told = (request.headers.get(clientAddressHeader()) ?? "").split(",");
  let client = peer;
  for (const hop of told.reverse()) {
    const before = plainAddress(hop);
    if (before === null || !trusted.check(client, isIP(client) === 6 ? "ipv6" : "ipv4")) break;
    client = before;
  }
  return client;
}

/** `1.2.3.4:567`, `[::1]:567`, `fe80::1%eth0` and `::ffff:1.2.3.4` without what is not the address. */
function plainAddress(text: string): string | null {
  const bare = text.trim().replace(/^\[([^\]]*)\](:\d+)?$/, "$1").replace(/^([\d.]+):\d+$/, "$1");
  const address = bare.replace(/%.*$/, "").replace(/^::ffff:(?=[\d.]+$)/i, "");
  return isIP(address) === 0 ? null : address;
}
