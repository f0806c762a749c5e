@main struct RoostCommand { static func main() {} }
