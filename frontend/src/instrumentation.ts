/** Once, before the server takes requests. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { trustedProxies } = await import("@/lib/client-address/trusted-proxies");
  const { notePeers } = await import("@/lib/client-address/peer");
  // Where the list cannot be read, this throws: the server says why and answers nothing but errors
  trustedProxies();
  notePeers();
}
