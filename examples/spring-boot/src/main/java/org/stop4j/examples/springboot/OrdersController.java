package org.stop4j.examples.springboot;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import java.util.List;

/** {@code POST /orders?item=X} and {@code GET /orders}. */
@RestController
@RequestMapping("/orders")
class OrdersController {
    private final Orders orders;

    OrdersController(Orders orders) {
        this.orders = orders;
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    Order add(@RequestParam("item") String item) {
        return orders.add(item);
    }

    @GetMapping
    List<Order> all() {
        return orders.all();
    }
}
