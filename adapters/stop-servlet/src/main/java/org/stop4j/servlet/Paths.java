package org.stop4j.servlet;

import jakarta.servlet.http.HttpServletRequest;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Paths within a context: single ones, and all below some. */
final class Paths {
    static final Paths NONE = new Paths(Set.of(), List.of());

    private final Set<String> single;
    private final List<String> above;

    private Paths(Set<String> single, List<String> above) {
        this.single = single;
        this.above = above;
    }

    /** These and more. */
    Paths and(String... paths) {
        Set<String> moreSingle = new HashSet<>(single);
        List<String> moreAbove = new ArrayList<>(above);
        for (String path : paths) {
            String all = path.endsWith("/*") ? path.substring(0, path.length() - 2) : path;
            if (!path.startsWith("/") || all.indexOf('*') >= 0) {
                throw new IllegalArgumentException("excepted path is \"" + path
                        + "\"; allowed: one that begins with /, and may end with /*");
            }
            moreSingle.add(all);
            if (!all.equals(path)) {
                moreAbove.add(all + '/');
            }
        }
        return new Paths(Set.copyOf(moreSingle), List.copyOf(moreAbove));
    }

    boolean contain(HttpServletRequest request) {
        if (single.isEmpty()) {
            return false;
        }
        String below = request.getPathInfo();
        String path = below == null ? request.getServletPath() : request.getServletPath() + below;
        if (single.contains(path)) {
            return true;
        }
        for (String one : above) {
            if (path.startsWith(one)) {
                return true;
            }
        }
        return false;
    }
}
