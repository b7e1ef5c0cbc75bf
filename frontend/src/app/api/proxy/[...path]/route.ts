import { handleProxyRequest } from "@/lib/proxy/handler";

export const dynamic = "force-dynamic";

export {
  handleProxyRequest as DELETE,
  handleProxyRequest as GET,
  handleProxyRequest as HEAD,
  handleProxyRequest as OPTIONS,
  handleProxyRequest as PATCH,
  handleProxyRequest as POST,
  handleProxyRequest as PUT,
};
