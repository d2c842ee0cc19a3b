"""Messages to other systems (外发消息): written with what they tell of, sent afterwards, never forgotten."""
