package org.stop4j.examples.springboot;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.stereotype.Repository;

import java.util.List;
import java.util.Objects;

/** What was ordered, in the database. */
@Repository
class Orders {
    private final JdbcClient database;

    Orders(JdbcClient database) {
        this.database = database;
    }

    Order add(String item) {
        GeneratedKeyHolder key = new GeneratedKeyHolder();
        database.sql("insert into orders (item) values (?)").param(item).update(key, "id");
        return new Order(Objects.requireNonNull(key.getKey()).longValue(), item, false);
    }

    List<Order> all() {
        return database.sql("select id, item, shipped from orders order by id")
                .query(Order.class)
                .list();
    }

    /** Ships what was not yet; returns how many these were. */
    int ship() {
        return database.sql("update orders set shipped = true where not shipped")
                .update();
    }
}
