"use client";

import { useEffect, useRef, useState, type ReactNode } from "react";

interface WhenNearProps {
  /** Stands in until then, and keeps the place. */
  placeholder: ReactNode;
  children: ReactNode;
}

// Begun this far below the screen, it is there when the reader arrives.
const MARGIN = "600px";

/** Draws its content once the reader comes near it, so that what nobody looks at is not loaded. */
export function WhenNear({ placeholder, children }: WhenNearProps) {
  const place = useRef<HTMLDivElement>(null);
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && setNear(true), { rootMargin: MARGIN });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return isNear ? children : <div ref={place}>{placeholder}</div>;
}
