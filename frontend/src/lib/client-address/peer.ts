import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";

// Next shows a handler the headers of a request and not its connection, and leaves what a browser sent as
// `X-Forwarded-For` as it is. The address is put where no browser can: into a header whose name nobody can guess.
declare global {
  // The name is made once, for parts of this server that are bundled apart.
  var sigmasightPeerHeader: string | undefined;
}

function peerHeader(): string {
  return (globalThis.sigmasightPeerHeader ??= `x-peer-${crypto.randomUUID()}`);
}

/** From now on note with each request the address that its connection comes from. */
export function notePeers(): void {
  const name = peerHeader();
  subscribe("http.server.request.start", (message) => {
    const { request } = message as { request: IncomingMessage };
    request.headers[name] = request.socket.remoteAddress;
  });
}

export function peerOf(request: Request): string | null {
  return request.headers.get(peerHeader());
}
