/** What most assistants take as the description of a server: the transport, its address and what it is sent. */
export function configuration(url: string, token: string): string {
  const server = { type: "http", url, headers: { Authorization: `Bearer ${token}` } };
  return JSON.stringify({ mcpServers: { sigmasight: server } }, null, 2);
}
