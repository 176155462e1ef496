use super::*;

#[test]
fn a_buffer_comes_back_empty_when_its_page_is_gone() {
    let pool = Arc::new(Pool::default());
    let page = pool.fill(b"..page".to_vec(), 2);
    assert_eq!(&page[..], b"page");
    assert_eq!(pool.take().capacity(), 0);
    drop(page);
    let buffer = pool.take();
    assert!(buffer.is_empty() && buffer.capacity() >= 6);
}
