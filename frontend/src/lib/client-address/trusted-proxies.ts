import { BlockList, isIP } from "node:net";

import { trustedProxyList } from "@/lib/env";

/** What may say from which address a browser came: an error where the setting names something else. */
export function trustedProxies(): BlockList {
  const list = new BlockList();
  for (const entry of trustedProxyList().split(",").map((part) => part.trim()).filter(Boolean)) add(list, entry);
  return list;
}

function add(list: BlockList, entry: string): void {
  const [address = "", prefix, ...rest] = entry.split("/");
  const version = isIP(address);
  const longest = version === 6 ? 128 : 32;
  const bits = prefix === undefined ? longest : Number(prefix);
  const isNetwork = version !== 0 && rest.length === 0 && prefix !== "" && Number.isInteger(bits) && bits >= 0 && bits <= longest;
  if (!isNetwork) throw new Error(`WEB_TRUSTED_PROXIES names "${entry}", which is neither an address nor a network.`);
  list.addSubnet(address, bits, version === 6 ? "ipv6" : "ipv4");
}
