/** Who a document is for, as its reader says it. */
export function scopeName(scope: string): string {
  if (scope.startsWith("user")) return "Yours alone";
  if (scope.startsWith("tenant")) return "Your organisation";
  return scope.startsWith("page:") ? `Product knowledge, page ${scope.slice("page:".length)}` : "Product knowledge";
}
